//! The text that Prometheus reads (exposition format 0.0.4).

use std::fmt::{Display, Write};

/// A text under way.
#[derive(Default)]
pub struct Text(String);

impl Text {
    /// The `Content-Type` of it.
    pub const KIND: &'static str = "text/plain; version=0.0.4; charset=utf-8";

    /// Starts a figure: `counter` or `gauge`, with what it says.
    pub fn figure(&mut self, name: &str, kind: &str, help: &str) {
        self.push(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
    }

    /// A value of the figure just started.
    pub fn value(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<String> = labels.iter().map(|(label, text)| format!("{label}=\"{}\"", escaped(text))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        self.push(format_args!("{name}{labels} {value}\n"));
    }

    /// A figure with one value.
    pub fn single(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.figure(name, kind, help);
        self.value(name, &[], value);
    }

    /// The whole text.
    pub fn finish(self) -> String {
        self.0
    }

    fn push(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string fails never.
        self.0.write_fmt(text).unwrap_or_default();
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn the_text_is_what_prometheus_reads() {
        let mut text = Text::default();
        text.single("up", "gauge", "Whether it runs.", 1);
        text.figure("x_total", "counter", "Things.");
        text.value("x_total", &[("kind", "a\"b\\c\n"), ("other", "d")], 2);
        let wanted = "# HELP up Whether it runs.\n# TYPE up gauge\nup 1\n\
                      # HELP x_total Things.\n# TYPE x_total counter\nx_total{kind=\"a\\\"b\\\\c\\n\",other=\"d\"} 2\n";
        assert_eq!(text.finish(), wanted);
    }
}
