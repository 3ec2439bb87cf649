//! The processor time of a case. It is the thread's own, so a busy machine does not lengthen it.

use crate::targets::Target;
use crate::targets::meter::{longest, measure_with};
use rustix::time::{ClockId, clock_gettime};
use std::cell::Cell;
use std::time::Duration;

/// The most that the work of one case may take.
pub const LIMIT: Duration = Duration::from_millis(10);

/// A case that seems to be the worst is run again this often: the least of its times is its own,
/// the rest is what the machine added.
const REPEATS: usize = 4;

thread_local! {
    static WORST: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// The longest that any case of this thread has taken.
pub fn worst() -> Duration {
    WORST.get()
}

/// Runs one case, prints a line when it is the worst so far, and panics when it is over the limit.
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
