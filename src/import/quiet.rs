//! Runs a parser that may panic on damaged files, without printing its panic message.

use std::cell::Cell;
use std::panic::{self, UnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether a panic on this thread is expected and handled.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// The result of `parse`, or `None` when it panicked.
///
/// The panic hook is replaced once, by one that prints nothing on this thread while `parse` runs and passes all other
/// panics on.
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
