//! 日本語のメール (mails in Japanese).

use super::{Shared, Words};
use crate::server::mail::{Message, SecurityNotice};

pub const SHARED: Shared = Shared {
    when: "日時",
    device: "端末",
    address: "接続元",
    unknown_device: "不明な端末",
    device_words: "{system} の {browser}",
    not_me: "心当たりがない場合は、7日以内に次のリンクを開いてください。すべての端末からログアウトし、新しいパスワードを設定できます。",
    unexpected: "お聞きになっていない変更であれば、このサイトの管理者にお問い合わせください。7日以内に次のリンクを開くと、すべての端末からログアウトし、新しいパスワードを設定できます。",
    not_me_action: "心当たりがありません",
    undo: "心当たりがない場合は、7日以内に次のリンクを開いてください。アカウントのメールアドレスがこのアドレスに戻ります。",
    undo_action: "変更を取り消す",
    no_button: "ボタンを押しても何も起きないときは、次のアドレスを開いてください。",
    foot: "このメールは {origin} の Sekisho が自動で送信しました。返信されても、お読みすることはできません。",
    months: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"],
    moment: "{year}年{month}月{day}日 {time} UTC",
};

/// The words of `message`.
pub fn of(message: &Message) -> Words {
    let (subject, text, action) = match message {
        Message::VerifyEmail(_) => (
            "メールアドレスの確認",
            "{site} で、このメールアドレスを使ったアカウントが作成されました。ご本人であれば、24時間以内に確認を済ませてください。\
             心当たりがない場合は、何もする必要はありません。",
            "メールアドレスを確認する",
        ),
        Message::ConfirmNewEmail(_) => (
            "新しいメールアドレスの確認",
            "{site} のアカウントのメールアドレスを、このアドレスに変更する手続きが行われています。ご本人であれば、\
             1時間以内に確認を済ませてください。心当たりがない場合、何もしなければアカウントは変わりません。",
            "このアドレスに変更する",
        ),
        Message::ResetPassword(_) => (
            "パスワードの再設定",
            "{site} のアカウントについて、パスワードの再設定が求められました。ご本人であれば、1時間以内に新しいパスワードを\
             設定してください。心当たりがない場合、何もしなければパスワードは変わりません。",
            "新しいパスワードを設定する",
        ),
        Message::AlreadyRegistered => (
            "アカウントはすでにあります",
            "{site} で、このメールアドレスを使った新規登録が試みられましたが、このアドレスのアカウントはすでにあります。\
             ご本人であれば、そのままログインしてください。パスワードを忘れたときは、ログイン画面から再設定できます。\
             心当たりがない場合は、何もする必要はありません。アカウントは変更されていません。",
            "ログインする",
        ),
        Message::AccountDeleted => (
            "アカウントを削除しました",
            "{site} のアカウントと、その内容をすべて削除しました。このアカウントについてお送りするメールは、これが最後です。",
            "",
        ),
        Message::Notice(notice, _) => return of_notice(*notice),
    };
    Words { subject, text, action }
}

fn of_notice(notice: SecurityNotice) -> Words {
    let (subject, text) = match notice {
        SecurityNotice::PasswordChanged => (
            "パスワードが変更されました",
            "{site} のアカウントのパスワードが変更されました。変更した端末を除いて、すべての端末からログアウトしました。",
        ),
        SecurityNotice::EmailChanged => (
            "メールアドレスが変更されました",
            "{site} のアカウントのメールアドレスが、このアドレスから別のアドレスに変更されました。",
        ),
        SecurityNotice::NewDevice => {
            ("新しい端末からのログイン", "{site} のアカウントに、これまで使われていない端末からログインがありました。")
        }
        SecurityNotice::SecondFactorOn => (
            "二段階認証が有効になりました",
            "{site} のアカウントでは、これからログインのたびに認証アプリのコードが必要になります。",
        ),
        SecurityNotice::SecondFactorReplaced => (
            "認証アプリが変更されました",
            "{site} のアカウントで使う認証アプリが、別のものに変更されました。以前の認証アプリのコードは使えません。",
        ),
        SecurityNotice::SecondFactorRemoved => (
            "二段階認証が無効になりました",
            "{site} のアカウントでは、ログインに認証アプリのコードが要らなくなりました。今はパスワードだけで保護されています。",
        ),
        SecurityNotice::RecoveryCodesMade => (
            "回復コードが新しくなりました",
            "{site} のアカウントの回復コードが新しく作成されました。以前の回復コードは使えません。",
        ),
        SecurityNotice::RecoveryCodeUsed => (
            "回復コードが使われました",
            "{site} のアカウントに、回復コードを使ったログインがありました。使われた回復コードは、もう使えません。",
        ),
        SecurityNotice::CodeUsedTwice => (
            "コードが二度使われました",
            "{site} のアカウントで、使用済みのコードがもう一度入力されました。二度目は受け付けていません。\
             ご自身で二度入力した覚えがなければ、コードを見られたおそれがあります。",
        ),
        SecurityNotice::SuccessAfterFailures => {
            ("失敗が続いたあとのログイン", "{site} のアカウントに、失敗が何度も続いたあとでログインがありました。")
        }
        SecurityNotice::SecondFactorGuessed => (
            "パスワードを知られているおそれがあります",
            "{site} のアカウントで、正しいパスワードのあとに、誤ったコードが3回入力されました。二段階認証がログインを防ぎました。\
             心当たりがない場合は、すぐにパスワードを変更してください。",
        ),
        SecurityNotice::DeletionScheduled => (
            "アカウントは14日後に削除されます",
            "{site} のアカウントの削除が申し込まれました。14日後に、アカウントとその内容がすべて削除されます。\
             それまでにログインすると、削除は取り消されます。",
        ),
        SecurityNotice::SecondFactorReset => (
            "二段階認証が解除されました",
            "{site} の管理者が、アカウントの認証アプリと回復コードの登録を解除しました。すべての端末からログアウトしました。\
             認証アプリを設定し直すまで、アカウントはパスワードだけで保護されます。",
        ),
        SecurityNotice::AccountDisabled => (
            "アカウントが無効になりました",
            "{site} の管理者が、アカウントを無効にしました。すべての端末からログアウトしました。\
             管理者がもう一度有効にするまで、ログインできません。",
        ),
        SecurityNotice::AccountEnabled => (
            "アカウントが有効になりました",
            "{site} の管理者が、アカウントをもう一度有効にしました。ログインできます。",
        ),
        SecurityNotice::RightsGiven => (
            "管理者の権限が付きました",
            "{site} の管理者が、アカウントに管理者の権限を付けました。すべての端末からログアウトしました。\
             次にログインすると、すべてのアカウントの閲覧と変更ができます。",
        ),
        SecurityNotice::RightsTaken => (
            "管理者の権限がなくなりました",
            "{site} の管理者が、アカウントから管理者の権限を外しました。すべての端末からログアウトしました。\
             それ以外はこれまでどおりで、ログインもできます。",
        ),
    };
    let action =
        if notice == SecurityNotice::DeletionScheduled { "ログインして削除を取り消す" } else { "" };
    Words { subject, text, action }
}
