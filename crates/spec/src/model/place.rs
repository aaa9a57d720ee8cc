//! Blocks of a tree by where they stand, and where the block of a path stands.

use super::{Block, Model};

/// Where a block stands: its index in its list. Before it, for each block around it from the outermost in, that block's index and the number of
/// its list that leads on: 0 for a residual block and for every copy of a repeated one, the branch for a parallel one. So its length is odd.
pub type Place = Vec<usize>;

impl Block {
    /// The lists of blocks that it holds; none for a layer.
    pub fn lists(&self) -> &[Model] {
        match self {
            Self::Layer(_) => &[],
            Self::Residual { body, .. } | Self::Repeat { body, .. } => std::slice::from_ref(body),
            Self::Parallel { branches, .. } => branches,
        }
    }

    fn lists_mut(&mut self) -> &mut [Model] {
        match self {
            Self::Layer(_) => &mut [],
            Self::Residual { body, .. } | Self::Repeat { body, .. } => std::slice::from_mut(body),
            Self::Parallel { branches, .. } => branches,
        }
    }
}

impl Model {
    /// The block at a place.
    pub fn block(&self, place: &[usize]) -> Option<&Block> {
        let (index, list) = place.split_last()?;
        self.list(list)?.blocks.get(*index)
    }

    /// The block at a place, to be changed.
    pub fn block_mut(&mut self, place: &[usize]) -> Option<&mut Block> {
        let (index, list) = place.split_last()?;
        self.list_mut(list)?.blocks.get_mut(*index)
    }

    /// The list of blocks at a place without its last index; the model itself for an empty one.
    pub fn list(&self, place: &[usize]) -> Option<&Model> {
        match place {
            [] => Some(self),
            [index, list, inside @ ..] => self.blocks.get(*index)?.lists().get(*list)?.list(inside),
            [_] => None,
        }
    }

    /// The same list, to be changed.
    pub fn list_mut(&mut self, place: &[usize]) -> Option<&mut Model> {
        match place {
            [] => Some(self),
            [index, list, inside @ ..] => self.blocks.get_mut(*index)?.lists_mut().get_mut(*list)?.list_mut(inside),
            [_] => None,
        }
    }

    /// Where the block stands that a site's path names; `None` for the input, the output and names that are not of this model.
    pub fn place(&self, path: &str) -> Option<Place> {
        let (mut place, mut list, mut words) = (Place::new(), self, path.split('.').peekable());
        loop {
            let word = words.next()?;
            let index = list.index(word)?;
            place.push(index);
            // What joins branches has the name of its block.
            if words.peek().is_none() {
                return Some(place);
            }
            let number = match list.blocks[index] {
                Block::Layer(_) | Block::Residual { .. } => 0,
                Block::Repeat { .. } => words.next().map(|_copy| 0)?,
                Block::Parallel { .. } => words.next()?.parse::<usize>().ok()?.checked_sub(1)?,
            };
            list = list.blocks[index].lists().get(number)?;
            place.push(number);
        }
    }

    /// The index of the block with this name among those of its list: a stem, and which one of those with that stem it is.
    fn index(&self, name: &str) -> Option<usize> {
        let (stem, number) = name.split_at(name.find(|letter: char| letter.is_ascii_digit())?);
        let before = number.parse::<usize>().ok()?.checked_sub(1)?;
        let same = |(_, block): &(usize, &Block)| block.stem() == stem;
        self.blocks.iter().enumerate().filter(same).nth(before).map(|(index, _)| index)
    }
}
