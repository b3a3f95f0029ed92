//! Work on all cores, with its results in order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;

/// `make` of 0 to `total`, in this order, on as many threads as the machine has cores. `finished` is called on the
/// caller's thread with the number that are done.
///
/// # Errors
/// The first error in order, whichever thread met one first: the same input gives the same message.
pub(crate) fn in_parallel<T: Send, E: Send>(
    total: usize,
    make: impl Fn(usize) -> Result<T, E> + Sync,
    mut finished: impl FnMut(usize),
) -> Result<Vec<T>, E> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(total);
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    let work = |sender: Sender<(usize, Result<T, E>)>| {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            // The receiver is gone only when the caller is: then there is nobody to work for.
            if index >= total || sender.send((index, make(index))).is_err() {
                return;
            }
        }
    };
    // Leaving the scope waits for the threads, and carries the panic of one on to the caller.
    let mut made: Vec<(usize, Result<T, E>)> = thread::scope(|scope| {
        for _ in 0..workers {
            let sender = sender.clone();
            scope.spawn(|| work(sender));
        }
        // Or the receiver would wait for this one too.
        drop(sender);
        receiver.iter().zip(1..).inspect(|(_, done)| finished(*done)).map(|(one, _)| one).collect()
    });
    made.sort_unstable_by_key(|(index, _)| *index);
    made.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_their_order_and_progress_counts_up_to_all() {
        let mut heard = Vec::new();
        let squares = in_parallel(100, |i| Ok::<_, ()>(i * i), |done| heard.push(done));
        assert_eq!(squares, Ok((0..100).map(|i| i * i).collect()));
        assert_eq!(heard, (1..=100).collect::<Vec<_>>());
        assert_eq!(in_parallel(0, |_| Ok::<(), ()>(()), |_| {}), Ok(Vec::new()));
    }

    #[test]
    fn the_first_error_in_order_is_told_whoever_was_faster() {
        let odd_fail = |i: usize| if i % 2 == 1 { Err(i) } else { Ok(i) };
        assert_eq!(in_parallel(50, odd_fail, |_| {}), Err(1));
    }
}
