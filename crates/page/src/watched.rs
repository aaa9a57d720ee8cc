//! Values that views follow.

use leptos::prelude::*;
use std::any::Any;
use std::marker::PhantomData;
use std::rc::Rc;

/// A value that runs again what read it when it is set. Copies are the same value; it lives as long as the part of the page that made it: setting
/// it afterwards does nothing, reading it panics.
///
/// It is one of Leptos' triggers beside a value of any type: a `RwSignal` of each type would compile the machinery of signals once for each, which
/// made up a twentieth of the page's size.
pub(crate) struct Watched<T> {
    value: StoredValue<Rc<dyn Any>, LocalStorage>,
    trigger: Trigger,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Watched<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Watched<T> {}

impl<T: Clone + 'static> Watched<T> {
    /// Begins with a value.
    pub(crate) fn new(value: T) -> Self {
        let value: Rc<dyn Any> = Rc::new(value);
        Self { value: StoredValue::new_local(value), trigger: Trigger::new(), kind: PhantomData }
    }

    /// Reads it and follows it.
    pub(crate) fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        self.track();
        self.with_untracked(read)
    }

    /// Reads it.
    pub(crate) fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        let value = self.value.get_value();
        read(value.downcast_ref().expect("it is set to values of one type"))
    }

    /// A copy of it, followed.
    pub(crate) fn get(self) -> T {
        self.with(T::clone)
    }

    /// A copy of it.
    pub(crate) fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }

    /// Sets it.
    pub(crate) fn set(self, value: T) {
        self.replace(Rc::new(value));
    }

    /// Changes a copy of it and sets it to that.
    pub(crate) fn update(self, change: impl FnOnce(&mut T)) {
        let mut value = self.get_untracked();
        change(&mut value);
        self.set(value);
    }

    /// Follows it without reading it.
    pub(crate) fn track(self) {
        self.trigger.track();
    }

    /// Runs again what read it, though it has not changed.
    pub(crate) fn notify(self) {
        self.trigger.notify();
    }

    fn replace(self, value: Rc<dyn Any>) {
        self.value.set_value(value);
        self.notify();
    }
}
