//! Closed choices that have a name in links.

/// An enum, its names in links, and the way from one to the other.
macro_rules! choice {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$doc])* $variant),+ }
        impl $name {
            /// All values, in the order the page shows them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The value's name in links and in the values of controls. What people read is the
            /// page's.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
            /// The value of a name.
            pub fn from_id(id: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|choice| choice.id() == id)
            }
        }
    };
}

pub(crate) use choice;
