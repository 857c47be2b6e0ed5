//! A panic says where it happened and nothing else: its text may quote witness values.

use std::io::{Write, stderr};
use std::panic::{self, AssertUnwindSafe, Location, PanicHookInfo};
use std::sync::Mutex;

use crate::errors::Failure;

/// Where the last panic happened.
static LAST: Mutex<Option<String>> = Mutex::new(None);

/// Replaces the standard report, which quotes the panic's text, in every thread.
pub(crate) fn hide_texts() {
    panic::set_hook(Box::new(hook));
}

fn hook(info: &PanicHookInfo<'_>) {
    let place = place(info.location());
    // Not `eprintln!`, which panics itself where stderr is closed.
    let _ = writeln!(
        stderr(),
        "internal error at {place}; its text is not shown, since it may quote a secret"
    );
    if let Ok(mut last) = LAST.lock() {
        *last = Some(place);
    }
}

/// File and line of this program's source.
fn place(location: Option<&Location<'_>>) -> String {
    location.map_or_else(
        || "an unknown place".to_owned(),
        |location| format!("{}:{}", location.file(), location.line()),
    )
}

/// Does `work`; a panic in it becomes an internal failure, which ends the program with code 5.
pub(crate) fn caught(work: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let last = LAST.lock().ok().and_then(|last| last.clone());
        let last = last.unwrap_or_else(|| place(None));
        Err(Failure::internal(format!("expected no panic, found one at {last}")))
    })
}

#[cfg(test)]
mod tests {
    use std::process::{Command, exit};

    use super::*;
    use crate::errors::Code;
    use crate::output::Output;

    /// Set by the test below for its child, which is this test binary.
    const CHILD: &str = "ZKSETTLE_TEST_PANICS";
    /// What a witness value may look like; the panics below quote it.
    const SECRET: u64 = 918_273_645_546_372_819;

    /// Panics the way that arithmetic, `expect` and assertions on a witness do, here and in another thread.
    fn quote_a_secret(how: &str) -> Result<(), Failure> {
        let secret = std::hint::black_box(SECRET);
        match how {
            "text" => panic!("cash {secret} does not fit"),
            "expect" => std::hint::black_box(Err::<(), u64>(secret)).expect("a value in range"),
            "assert" => assert_eq!(secret, secret + 1, "lots"),
            "payload" => panic::panic_any(secret.to_string()),
            "thread" => std::thread::spawn(move || panic!("lots {secret}"))
                .join()
                .expect("the thread ends well"),
            _ => {}
        }
        Ok(())
    }

    /// As `main` does it, in a process of its own, since a hook belongs to the whole process; alone it does nothing.
    #[test]
    fn child_panics() {
        let Ok(how) = std::env::var(CHILD) else { return };
        hide_texts();
        let out = Output { json: true };
        let failure = caught(|| quote_a_secret(&how)).expect_err("a panic");
        out.failure(&failure);
        exit(failure.code as i32);
    }

    #[test]
    fn a_panic_tells_its_place_and_no_secret() {
        for how in ["text", "expect", "assert", "payload", "thread"] {
            let child = Command::new(std::env::current_exe().expect("this test"))
                .args(["--exact", "panics::tests::child_panics", "--nocapture"])
                .env(CHILD, how)
                .env("RUST_BACKTRACE", "full")
                .output()
                .expect("a child");
            let said = [child.stdout, child.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            assert_eq!(child.status.code(), Some(Code::Internal as i32), "{how}: {said:?}");
            for text in &said {
                assert!(!text.contains(&SECRET.to_string()), "{how}: {text}");
                assert!(text.contains("panics.rs:"), "{how}: {text}");
            }
            assert!(said[1].contains("internal error at "), "{how}: {said:?}");
        }
    }

    #[test]
    fn a_place_is_file_and_line() {
        let here = Location::caller();
        assert_eq!(place(Some(here)), format!("{}:{}", file!(), here.line()));
        assert_eq!(place(None), "an unknown place");
    }
}
