//! The cost of a case: the CPU time of the library's own work, without that of the checks. Measured only
//! if a clock is set.

use std::cell::Cell;
use std::time::Duration;

/// A monotonic clock of this thread's work.
pub type Clock = fn() -> Duration;

thread_local! {
    static CLOCK: Cell<Option<Clock>> = const { Cell::new(None) };
    static LONGEST: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// Starts measuring the work of this thread.
pub fn measure_with(clock: Clock) {
    CLOCK.set(Some(clock));
}

/// Whether work is measured.
pub fn is_measured() -> bool {
    CLOCK.get().is_some()
}

/// One request's worth of work.
pub fn metered<T>(work: impl FnOnce() -> T) -> T {
    let Some(clock) = CLOCK.get() else { return work() };
    let started = clock();
    let done = work();
    LONGEST.set(LONGEST.get().max(clock().saturating_sub(started)));
    done
}

/// The longest work since this was last asked.
pub fn longest() -> Duration {
    LONGEST.take()
}
