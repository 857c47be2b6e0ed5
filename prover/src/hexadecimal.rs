//! Fixed-length lower-case hexadecimal: one text for every value.

/// The `N` bytes that `text` spells after `prefix`, or what is wrong with it.
pub(crate) fn parse<const N: usize>(text: &str, prefix: &str) -> Result<[u8; N], String> {
    let digits = text.strip_prefix(prefix).unwrap_or_default();
    let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let mut bytes = [0u8; N];
    let regular = digits.len() == 2 * N && digits.bytes().all(lower);
    if !regular || hex::decode_to_slice(digits, &mut bytes).is_err() {
        let digits = 2 * N;
        return Err(format!(
            "expected {prefix}{{{digits} lower-case hexadecimal digits}}, found {}",
            excerpt(text)
        ));
    }
    Ok(bytes)
}

/// `text` in quotes, cut after 80 characters: error messages stay short whatever the input.
pub(crate) fn excerpt(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{:?}... ({} bytes)", &text[..end], text.len()),
        None => format!("{text:?}"),
    }
}

/// The first 400 characters of a message that may repeat what a file says.
pub(crate) fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(400) {
        text.truncate(end);
        text.push_str("...");
    }
    text
}

/// Defines a 32-byte value that is written, parsed and serialised as hexadecimal after a prefix.
macro_rules! hex32 {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 32]);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}{}", $prefix, hex::encode(self.0))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                $crate::hexadecimal::parse(text, $prefix).map(Self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use hex32;
