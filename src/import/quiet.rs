//! Runs a parser that may panic on damaged files, without its panic reaching the office's screen.

use std::cell::Cell;
use std::panic::{self, UnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether a panic on this thread is expected and already answered for.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// The result of `parse`, or `None` when it panicked.
///
/// The hook that prints panics is replaced once, by one that is silent on this thread while `parse` runs and passes
/// every other panic on: a defect of ours stays as loud as before.
pub(super) fn catch<T>(parse: impl FnOnce() -> T + UnwindSafe) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !EXPECTED.get() {
                usual(info);
            }
        }));
    });
    let before = EXPECTED.replace(true);
    let outcome = panic::catch_unwind(parse);
    EXPECTED.set(before);
    outcome.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_answer_and_the_next_one_is_loud_again() {
        assert_eq!(catch(|| 1), Some(1));
        assert_eq!(catch(|| [0_u8; 2].get(2).copied().expect("a third")), None);
        assert!(!EXPECTED.get(), "silence ends with the parser");
    }
}
