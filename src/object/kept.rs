//! The state of an object while it is in memory, so that an event does not read and parse it again, several times.
//! Pure.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The most that an isolate keeps, in bytes of JSON: the states of four thousand tasks. An object leaves memory
/// ten seconds after its last event.
const MOST: usize = 16 * 1024 * 1024;

thread_local! {
    static BYTES: Cell<usize> = const { Cell::new(0) };
}

/// What an object's storage has under its key, if that is known.
///
/// Nobody else writes to the storage of an object, and where a write fails, the runtime makes the object anew.
#[derive(Default)]
pub struct Kept(RefCell<Option<(Rc<dyn Any>, usize)>>);

impl Kept {
    pub fn get<T: 'static>(&self) -> Option<Rc<T>> {
        let (state, _) = self.0.borrow().clone()?;
        state.downcast().ok()
    }

    /// Keeps a state that is stored, and has so many bytes there.
    pub fn put<T: 'static>(&self, state: &Rc<T>, bytes: usize) {
        self.clear();
        let all = BYTES.get() + bytes;
        if all <= MOST {
            BYTES.set(all);
            *self.0.borrow_mut() = Some((state.clone(), bytes));
        }
    }

    /// Forgets the state. Called before each write, so that a failed write is followed by a read.
    pub fn clear(&self) {
        if let Some((_, bytes)) = self.0.take() {
            BYTES.set(BYTES.get() - bytes);
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_kept_until_it_is_cleared_or_another_comes() {
        let kept = Kept::default();
        assert_eq!(kept.get::<u8>(), None);
        kept.put(&Rc::new(1_u8), 1);
        assert_eq!(kept.get(), Some(Rc::new(1_u8)));
        assert_eq!(kept.get::<u16>(), None, "of another kind");
        kept.put(&Rc::new(2_u8), 1);
        assert_eq!(kept.get(), Some(Rc::new(2_u8)));
        kept.clear();
        assert_eq!(kept.get::<u8>(), None);
    }

    #[test]
    fn an_isolate_keeps_so_much_and_more_once_something_is_gone() {
        let state = Rc::new(());
        let mut all: Vec<Kept> = (0..5).map(|_| Kept::default()).collect();
        all.iter().for_each(|kept| kept.put(&state, MOST / 4));
        assert_eq!(all.iter().filter(|kept| kept.get::<()>().is_some()).count(), 4);
        let last = all.pop().unwrap();
        all[0].put(&state, MOST / 4 + 1);
        assert_eq!(all[0].get::<()>(), None, "nor is what was there before");
        last.put(&state, MOST / 4);
        assert!(last.get::<()>().is_some());
        drop((all, last));
        assert_eq!((BYTES.get(), Rc::strong_count(&state)), (0, 1));
    }
}
