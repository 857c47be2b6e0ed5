//! Layout of the emitted statements.

/// Widest line, indentation included.
const WIDTH: usize = 132;
const STEP: &str = "    ";

/// The statements, indented by `indent`, with calls that are too long broken into a line for each argument.
pub(super) fn block(lines: &[String], indent: usize) -> String {
    let mut text = String::new();
    for line in lines {
        let own = line.len() - line.trim_start().len();
        broken(&mut text, line.trim_start(), indent + own, "");
    }
    text
}

/// Appends `code` and `tail`, on one line if that is short enough.
fn broken(text: &mut String, code: &str, indent: usize, tail: &str) {
    let margin = " ".repeat(indent);
    let whole = indent + code.len() + tail.len() <= WIDTH;
    let call = if whole || code.starts_with("//") {
        None
    } else {
        call(code)
    };
    let Some((head, arguments)) = call else {
        text.push_str(&format!("{margin}{code}{tail}\n"));
        return;
    };
    text.push_str(&format!("{margin}{head}(\n"));
    for (i, argument) in arguments.iter().enumerate() {
        let comma = if i + 1 < arguments.len() { "," } else { "" };
        broken(text, argument, indent + STEP.len(), comma);
    }
    text.push_str(&format!("{margin}){tail}\n"));
}

/// Splits `name := f(a, b)` or `f(a, b)` into what stands before the parenthesis and the arguments.
fn call(code: &str) -> Option<(&str, Vec<&str>)> {
    let (head, rest) = code.split_once('(')?;
    let inner = rest.strip_suffix(')')?;
    let mut arguments = Vec::new();
    let (mut level, mut start) = (0, 0);
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            b'(' => level += 1,
            b')' => level -= 1,
            b',' if level == 0 => {
                arguments.push(inner[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
        // The last parenthesis closes another one: no single call.
        if level < 0 {
            return None;
        }
    }
    arguments.push(inner[start..].trim());
    Some((head, arguments))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_calls_are_broken() {
        let long = format!("x := add({}, f({}, r))", "a".repeat(80), "b".repeat(60));
        let expected = format!(
            "    x := add(\n        {},\n        f({}, r)\n    )\n",
            "a".repeat(80),
            "b".repeat(60)
        );
        assert_eq!(block(&[long], 4), expected);
        assert_eq!(block(&["  y := 1".into()], 4), "      y := 1\n");
    }
}
