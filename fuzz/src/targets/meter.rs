//! What a case costs: the processor time of the library's own work, without that of the checks
//! around it. There is a clock only where somebody has set one.

use std::cell::Cell;
use std::time::Duration;

/// A time that only ever rises while this thread works.
pub type Clock = fn() -> Duration;

thread_local! {
    static CLOCK: Cell<Option<Clock>> = const { Cell::new(None) };
    static LONGEST: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// From now on, the work of this thread is measured.
pub fn measure_with(clock: Clock) {
    CLOCK.set(Some(clock));
}

/// Whether work that is only there to be measured has to be done.
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
