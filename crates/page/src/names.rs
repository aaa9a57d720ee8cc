//! What the parts of a network are called: by their way through the tree of its blocks.

use crate::choices::activation_title;
use descent_spec::model::{Site, SiteKind};
use descent_spec::{Activation, Block, Model};
use std::mem::discriminant;

/// A block by its place in the tree: `residual 1, layer 2`. Layers, residual blocks, repetitions
/// and parallel blocks of a list are counted apart.
pub(crate) fn block_name(model: &Model, place: &[usize]) -> String {
    name(model, place, "")
}

/// A site by its path: `repeat 1, copy 2, layer 1`. Empty for the inputs.
pub(crate) fn site_name(model: &Model, site: &Site) -> String {
    match site.kind {
        SiteKind::Input => String::new(),
        SiteKind::Output(_) => "output".into(),
        _ => model.place(&site.path).map(|place| name(model, &place, &site.path)).unwrap_or_default(),
    }
}

/// The words of a way. The copies of repeated blocks are those of the path, if there is one.
fn name(model: &Model, place: &[usize], path: &str) -> String {
    let (mut list, mut rest, mut path) = (model, place, path.split('.'));
    let mut words = Vec::new();
    while let [index, inside @ ..] = rest
        && let Some(block) = list.blocks.get(*index)
    {
        let number = list.blocks[..=*index].iter().filter(|other| discriminant(*other) == discriminant(block)).count();
        words.push(format!("{} {number}", word(block)));
        let [branch, inside @ ..] = inside else { break };
        path.next();
        match block {
            Block::Repeat { .. } => words.extend(path.next().map(|copy| format!("copy {copy}"))),
            Block::Parallel { .. } => {
                path.next();
                words.push(format!("branch {}", branch + 1));
            }
            Block::Layer(_) | Block::Residual { .. } => {}
        }
        let Some(next) = block.lists().get(*branch) else { break };
        (list, rest) = (next, inside);
    }
    words.join(", ")
}

fn word(block: &Block) -> &'static str {
    match block {
        Block::Layer(_) => "layer",
        Block::Residual { .. } => "residual",
        Block::Repeat { .. } => "repeat",
        Block::Parallel { .. } => "parallel",
    }
}

/// The same with a capital letter.
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What else is to be said of a site than its title: its activation, as people write it, or a word
/// or two.
pub(crate) fn site_detail(site: &Site) -> String {
    match site.kind {
        SiteKind::Layer(layer) => layer.activation().map_or_else(|| site.detail(), |activation| activation_title(activation).into()),
        SiteKind::Output(dense) => activation_title(dense.activation).into(),
        // A sum that is passed on as it is needs no further word.
        SiteKind::Add(Activation::Linear) | SiteKind::Input | SiteKind::Mul | SiteKind::Concat => String::new(),
        SiteKind::Add(activation) => activation_title(activation).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use descent_spec::model::Extent;

    #[test]
    fn sites_are_called_by_their_way() {
        let text = "dense:3:relu,repeat:2(dense:3:tanh),residual:relu(norm:relu,dense:3:tanh),parallel:concat(;act:gelu),dense:4:relu";
        let model = Model::read(text).expect("a model");
        let outline = model.outline(Extent::Vector { features: 2 }, None).expect("it fits");
        let names: Vec<String> = outline.sites.iter().map(|site| site_name(&model, site)).collect();
        let wanted = [
            "",
            "layer 1",
            "repeat 1, copy 1, layer 1",
            "repeat 1, copy 2, layer 1",
            "residual 1, layer 1",
            "residual 1, layer 2",
            "residual 1",
            "parallel 1, branch 2, layer 1",
            "parallel 1",
            "layer 2",
        ];
        assert_eq!(names, wanted);
        assert_eq!(block_name(&model, &[1, 0, 0]), "repeat 1, layer 1");
        assert_eq!(block_name(&model, &[9]), "");
        let details: Vec<String> = outline.sites.iter().map(site_detail).collect();
        assert_eq!(details, ["", "ReLU", "tanh", "tanh", "ReLU", "tanh", "ReLU", "GELU", "", "ReLU"]);
        assert_eq!([capitalised("layer 1"), capitalised("")], ["Layer 1", ""]);
    }
}
