//! Closed choices that have a name in links and on the page.

/// An enum, its names in links, and the way from one to the other.
macro_rules! choice {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum $name { $($(#[$doc])* $variant),+ }
        impl $name {
            /// All values, in the order the page shows them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The value's name in links and on the page's controls.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
            /// The value of a name.
            pub fn from_id(id: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|choice| choice.id() == id)
            }
        }
        // By its place in the list, through one type for all choices: what serde derives would be compiled once for each.
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u8(*self as u8)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let place = <u8 as serde::Deserialize>::deserialize(deserializer)?;
                Self::ALL.get(usize::from(place)).copied().ok_or_else(|| serde::de::Error::custom("there is no such choice"))
            }
        }
    };
}

pub(crate) use choice;
