//! Elements of the document, and how they follow signals.
//!
//! A view is a chain of calls that says what an element is and what it holds. What changes is a closure: it runs again when a signal that it
//! read has changed, by Leptos' effects. Every closure is boxed and everything else goes through functions of one type, because the page is
//! downloaded before anything is seen: `view!`, which compiles its machinery once more for each element and each closure, made the page's wasm
//! larger by half.

use super::watched::Watched;
use descent_spec::number;
use leptos::prelude::*;
use leptos::reactive::graph::{Subscriber, ToAnySubscriber};
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, EventTarget, FocusOptions, HtmlElement, HtmlInputElement, Node, Text};

/// An element under construction. Clones are the same element.
#[derive(Clone)]
pub(crate) struct El(Element);

/// An HTML element.
#[inline(never)]
pub(crate) fn html(tag: &str) -> El {
    El(document().create_element(tag).expect("the tag is well-formed"))
}

/// An SVG element.
#[inline(never)]
pub(crate) fn svg(tag: &str) -> El {
    El(document().create_element_ns(Some("http://www.w3.org/2000/svg"), tag).expect("the tag is well-formed"))
}

/// Runs now, and again when a signal it read has changed, for as long as the part of the page lives in which it was called.
pub(crate) fn follow(run: impl FnMut() + 'static) {
    follow_boxed(Box::new(run));
}

#[inline(never)]
fn follow_boxed(mut run: Box<dyn FnMut()>) {
    let effect = RenderEffect::new(move |_: Option<()>| run());
    on_cleanup(move || {
        // What it read would keep it in mind for ever.
        let subscriber = effect.to_any_subscriber();
        subscriber.clear_sources(&subscriber);
    });
}

/// A signal that is set only when what it follows has become another value: for parts that are not to be rebuilt in between.
pub(crate) fn distinct<T: PartialEq + Clone + 'static>(read: impl Fn() -> T + 'static) -> Watched<T> {
    let signal = Watched::new(untrack(&read));
    follow(move || {
        let now = read();
        if signal.with_untracked(|last| *last != now) {
            signal.set(now);
        }
    });
    signal
}

/// What is fixed.
impl El {
    /// Sets an attribute.
    #[inline(never)]
    pub(crate) fn set(self, name: &str, value: &str) -> Self {
        set_attribute(&self.0, name, value);
        self
    }

    /// Sets an attribute to a number.
    #[inline(never)]
    pub(crate) fn number(self, name: &str, value: f64) -> Self {
        self.set(name, &number::shortest(value))
    }

    /// Sets its classes.
    pub(crate) fn class(self, names: &str) -> Self {
        self.set("class", names)
    }

    /// Sets the name by which tests find it.
    pub(crate) fn test_id(self, id: &str) -> Self {
        self.set("data-testid", id)
    }

    /// Sets its id and, to the same, the name by which tests find it.
    #[inline(never)]
    pub(crate) fn named(self, id: &str) -> Self {
        self.set("id", id).test_id(id)
    }

    /// Sets a property of its style.
    #[inline(never)]
    pub(crate) fn style(self, name: &str, value: &str) -> Self {
        set_style(&self.0, name, value);
        self
    }

    /// Adds a text.
    #[inline(never)]
    pub(crate) fn text(self, text: &str) -> Self {
        self.append(&document().create_text_node(text));
        self
    }

    /// Adds an element.
    #[inline(never)]
    pub(crate) fn child(self, child: El) -> Self {
        self.append(&child.0);
        self
    }

    /// Adds elements.
    pub(crate) fn children(self, children: impl IntoIterator<Item = El>) -> Self {
        children.into_iter().fold(self, El::child)
    }

    #[inline(never)]
    fn append(&self, node: &Node) {
        self.0.append_child(node).expect("a new node has no other place");
    }
}

/// What follows signals. Each of these boxes its closure and hands it to one function for all.
impl El {
    /// Sets an attribute to what `value` says.
    pub(crate) fn set_from(self, name: &'static str, value: impl Fn() -> String + 'static) -> Self {
        self.follow_text(Box::new(value), Written::Attribute(name))
    }

    /// Sets a property of its style to what `value` says.
    pub(crate) fn style_from(self, name: &'static str, value: impl Fn() -> String + 'static) -> Self {
        self.follow_text(Box::new(value), Written::Style(name))
    }

    /// An input or a select holds what `value` says. Written even if it says the same again: what a visitor chose and was refused must not stay.
    pub(crate) fn value(self, value: impl Fn() -> String + 'static) -> Self {
        self.follow_text(Box::new(value), Written::Value)
    }

    /// Adds a text that is what `text` says.
    pub(crate) fn text_from(self, text: impl Fn() -> String + 'static) -> Self {
        let node = document().create_text_node("");
        self.append(&node);
        self.follow_text(Box::new(text), Written::Text(node))
    }

    /// Has a class where `is_on` says so.
    pub(crate) fn class_if(self, name: &'static str, is_on: impl Fn() -> bool + 'static) -> Self {
        self.follow_flag(Box::new(is_on), Flag::Class(name))
    }

    /// Has an attribute without a value where `is_on` says so.
    pub(crate) fn flag(self, name: &'static str, is_on: impl Fn() -> bool + 'static) -> Self {
        self.follow_flag(Box::new(is_on), Flag::Attribute(name))
    }

    /// A check box or radio button is checked where `is_on` says so. Written even if it says the same again, as in [`El::value`].
    pub(crate) fn checked(self, is_on: impl Fn() -> bool + 'static) -> Self {
        self.follow_flag(Box::new(is_on), Flag::Checked)
    }

    /// Adds the elements that `parts` gives, in the place of those it gave before. Where one of those had the focus, what stands in its place
    /// has it.
    pub(crate) fn parts(self, parts: impl Fn() -> Vec<El> + 'static) -> Self {
        self.follow_parts(Box::new(parts))
    }

    #[inline(never)]
    fn follow_text(self, read: Box<dyn Fn() -> String>, place: Written) -> Self {
        let element = self.0.clone();
        let mut last = None;
        follow_boxed(Box::new(move || {
            let now = read();
            let is_news = last.as_ref() != Some(&now);
            match &place {
                Written::Value => element.unchecked_ref::<HtmlInputElement>().set_value(&now),
                Written::Text(node) if is_news => node.set_data(&now),
                Written::Attribute(name) if is_news => set_attribute(&element, name, &now),
                Written::Style(name) if is_news => set_style(&element, name, &now),
                _ => {}
            }
            last = Some(now);
        }));
        self
    }

    #[inline(never)]
    fn follow_flag(self, read: Box<dyn Fn() -> bool>, place: Flag) -> Self {
        let element = self.0.clone();
        let mut last = None;
        follow_boxed(Box::new(move || {
            let now = read();
            let is_news = last != Some(now);
            match place {
                Flag::Checked => element.unchecked_ref::<HtmlInputElement>().set_checked(now),
                Flag::Class(name) if is_news => drop(element.class_list().toggle_with_force(name, now)),
                Flag::Attribute(name) if is_news => drop(element.toggle_attribute_with_force(name, now)),
                _ => {}
            }
            last = Some(now);
        }));
        self
    }

    #[inline(never)]
    fn follow_parts(self, parts: Box<dyn Fn() -> Vec<El>>) -> Self {
        let end = document().create_comment("");
        self.append(&end);
        let parent = self.0.clone();
        let mut shown: Vec<El> = Vec::new();
        follow_boxed(Box::new(move || {
            let next = parts();
            let focus = focus_among(&shown);
            for old in shown.drain(..) {
                old.0.remove();
            }
            for new in &next {
                parent.insert_before(&new.0, Some(&end)).expect("the mark of the end stays where it is");
            }
            if let Some(focus) = focus {
                focus_again(&next, &focus);
            }
            shown = next;
        }));
        self
    }
}

/// Where a text that changes is written.
enum Written {
    Attribute(&'static str),
    Style(&'static str),
    Value,
    Text(Text),
}

/// What says yes or no of an element.
#[derive(Clone, Copy)]
enum Flag {
    Attribute(&'static str),
    Class(&'static str),
    Checked,
}

#[inline(never)]
fn set_attribute(element: &Element, name: &str, value: &str) {
    element.set_attribute(name, value).expect("the name is well-formed");
}

#[inline(never)]
fn set_style(element: &Element, name: &str, value: &str) {
    element.unchecked_ref::<HtmlElement>().style().set_property(name, value).expect("the name is well-formed");
}

/// What a visitor does.
impl El {
    /// Calls `act` with each event of a name; `E` is the event's interface.
    pub(crate) fn on<E: JsCast + 'static>(self, name: &str, act: impl Fn(E) + 'static) -> Self {
        self.listen(name, Box::new(move |event| act(event.unchecked_into())))
    }

    /// Calls `act` at each click, by whatever means.
    pub(crate) fn on_click(self, act: impl Fn() + 'static) -> Self {
        self.listen("click", Box::new(move |_| act()))
    }

    /// Calls `act` with what a control holds when a visitor has changed it.
    pub(crate) fn on_change(self, act: impl Fn(String) + 'static) -> Self {
        self.hear("change", Box::new(act))
    }

    /// Calls `act` with what a control holds while a visitor changes it.
    pub(crate) fn on_input(self, act: impl Fn(String) + 'static) -> Self {
        self.hear("input", Box::new(act))
    }

    /// Calls `act` with whether a check box is checked when a visitor has changed it.
    pub(crate) fn on_check(self, act: impl Fn(bool) + 'static) -> Self {
        self.listen("change", Box::new(move |event| act(event_target_checked(&event))))
    }

    #[inline(never)]
    fn hear(self, name: &str, act: Box<dyn Fn(String)>) -> Self {
        self.listen(name, Box::new(move |event| act(event_target_value(&event))))
    }

    #[inline(never)]
    fn listen(self, name: &str, act: Box<dyn Fn(Event)>) -> Self {
        listen(&self.0, name, act);
        self
    }
}

/// The element in the terms of the browser.
impl El {
    /// As an interface that its tag has.
    pub(crate) fn node<T: JsCast>(&self) -> T {
        self.0.clone().unchecked_into()
    }

    /// As any element.
    pub(crate) fn element(&self) -> &Element {
        &self.0
    }
}

/// Calls `act` with each event that reaches a target, for as long as the target is.
#[inline(never)]
pub(crate) fn listen(target: &EventTarget, name: &str, act: Box<dyn Fn(Event)>) {
    // The browser frees it with the target.
    let act = Closure::<dyn Fn(Event)>::wrap(act).into_js_value();
    target.add_event_listener_with_callback(name, act.unchecked_ref()).expect("an event can be listened to");
}

/// Where the focus is among elements: which of them, and then which child of each.
fn focus_among(elements: &[El]) -> Option<Vec<u32>> {
    let mut at: Node = document().active_element()?.unchecked_into();
    let mut path = Vec::new();
    loop {
        if let Some(index) = elements.iter().position(|element| element.0.is_same_node(Some(&at))) {
            path.push(index as u32);
            path.reverse();
            return Some(path);
        }
        let parent = at.parent_node()?;
        let children = parent.child_nodes();
        path.push((0..children.length()).find(|&i| children.get(i).is_some_and(|child| child.is_same_node(Some(&at))))?);
        at = parent;
    }
}

/// Gives the focus to what stands at a place.
fn focus_again(elements: &[El], path: &[u32]) {
    let Some((&first, rest)) = path.split_first() else { return };
    let mut at: Option<Node> = elements.get(first as usize).map(El::node);
    for &index in rest {
        at = at.and_then(|node| node.child_nodes().get(index));
    }
    if let Some(element) = at.and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        let options = FocusOptions::new();
        // A visitor may have scrolled on.
        options.set_prevent_scroll(true);
        // Refused only where it is not shown.
        let _ = element.focus_with_options(&options);
    }
}
