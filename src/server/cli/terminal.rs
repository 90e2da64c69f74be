//! Asking the operator for a password.

use rustix::termios::{LocalModes, OptionalActions, isatty, tcgetattr, tcsetattr};
use std::io::{BufRead, Write, stderr, stdin};
use zeroize::Zeroizing;

/// Reads a password: from the terminal, unseen, or else the first line of what is piped in. Never
/// an argument: those are seen by every user of the machine.
pub fn password() -> Result<Zeroizing<String>, String> {
    let failed = |error: std::io::Error| format!("The password cannot be read: {error}.");
    let input = stdin().lock();
    if !isatty(&input) {
        return line(input).map_err(failed);
    }
    eprint!("Password: ");
    stderr().flush().map_err(failed)?;
    let shown = tcgetattr(&input).map_err(|error| failed(error.into()))?;
    let mut hidden = shown.clone();
    hidden.local_modes -= LocalModes::ECHO;
    tcsetattr(&input, OptionalActions::Flush, &hidden).map_err(|error| failed(error.into()))?;
    let typed = line(stdin().lock());
    tcsetattr(&input, OptionalActions::Flush, &shown).map_err(|error| failed(error.into()))?;
    eprintln!();
    typed.map_err(failed)
}

fn line(mut input: impl BufRead) -> std::io::Result<Zeroizing<String>> {
    let mut typed = Zeroizing::new(String::new());
    input.read_line(&mut typed)?;
    let length = typed.trim_end_matches(['\r', '\n']).len();
    typed.truncate(length);
    Ok(typed)
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn one_line_is_read_and_only_its_end_is_cut() {
        assert_eq!(*line(&b" seven lamps \r\nmore\n"[..]).unwrap(), " seven lamps ");
        assert_eq!(*line(&b"seven"[..]).unwrap(), "seven");
    }
}
