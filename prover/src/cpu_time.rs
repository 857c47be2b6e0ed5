//! CPU time of this process.

use rustix::time::{ClockId, clock_gettime};

/// CPU seconds that this process took so far: all its threads, those that ended included, and what the kernel did for them. To the
/// nanosecond, as the process's clock tells it.
pub fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    /// Works for so long.
    fn busy(time: Duration) {
        let start = Instant::now();
        while start.elapsed() < time {
            std::hint::black_box(start);
        }
    }

    #[test]
    fn work_in_a_thread_that_ended_counts() {
        let start = cpu_seconds();
        std::thread::spawn(|| busy(Duration::from_millis(200)))
            .join()
            .expect("no panic");
        // Other tests of this process may run beside it, so there is no upper bound; a busy machine leaves less than all of it.
        assert!(cpu_seconds() - start > 0.02);
    }
}
