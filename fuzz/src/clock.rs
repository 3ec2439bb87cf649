//! The CPU time of a case. It is the thread's own, so a busy machine does not distort it.

use crate::targets::Target;
use crate::targets::meter::{longest, measure_with};
use rustix::time::{ClockId, clock_gettime};
use std::cell::Cell;
use std::time::Duration;

/// The time limit of one case.
pub const LIMIT: Duration = Duration::from_millis(10);

/// How often a new worst case is repeated. The minimum counts, which removes the machine's noise.
const REPEATS: usize = 4;

thread_local! {
    static WORST: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// The longest time of any case on this thread.
pub fn worst() -> Duration {
    WORST.get()
}

/// Runs one case. Prints a line if it is the slowest so far, and panics if it exceeds the limit.
pub fn timed(target: Target, data: &[u8]) {
    measure_with(now);
    let mut took = once(target, data);
    if took <= WORST.get() {
        return;
    }
    for _ in 0..REPEATS {
        took = took.min(once(target, data));
    }
    if took > WORST.get() {
        WORST.set(took);
        eprintln!("worst {:.3} ms, {} bytes", took.as_secs_f64() * 1e3, data.len());
    }
    assert!(took <= LIMIT, "the case took {took:?}, {LIMIT:?} at most");
}

fn once(target: Target, data: &[u8]) -> Duration {
    longest();
    target(data);
    longest()
}

fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
