//! The rows of the table, and what can be chosen in one.

use descent_spec::model::{Extent, Place};
use descent_spec::{Activation, Block, Layer, Model};

/// A row: what kind of block stands where.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Row {
    pub(super) kind: RowKind,
    /// Where the block stands; of a branch, where its list does.
    pub(super) place: Place,
    /// How far it is indented.
    pub(super) depth: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum RowKind {
    Layer,
    Residual,
    Repeat,
    Parallel,
    Branch,
}

/// The rows of a model in the order of its text.
pub(super) fn rows(model: &Model) -> Vec<Row> {
    let mut rows = Vec::new();
    add_rows(model, &[], 0, &mut rows);
    rows
}

fn add_rows(list: &Model, at: &[usize], depth: usize, rows: &mut Vec<Row>) {
    for (index, block) in list.blocks.iter().enumerate() {
        let place = [at, &[index]].concat();
        let kind = match block {
            Block::Layer(_) => RowKind::Layer,
            Block::Residual { .. } => RowKind::Residual,
            Block::Repeat { .. } => RowKind::Repeat,
            Block::Parallel { .. } => RowKind::Parallel,
        };
        rows.push(Row { kind, place: place.clone(), depth });
        for (number, inside) in block.lists().iter().enumerate() {
            let list = [place.as_slice(), &[number]].concat();
            let is_branch = kind == RowKind::Parallel;
            if is_branch {
                rows.push(Row { kind: RowKind::Branch, place: list.clone(), depth: depth + 1 });
            }
            add_rows(inside, &list, depth + 1 + usize::from(is_branch), rows);
        }
    }
}

/// The kinds of layer that take what comes in, as ids and names, and the present one.
pub(super) fn kinds(input: Option<Extent>, now: Option<Layer>) -> Vec<(String, String)> {
    let usual = Layer::usual(Activation::Relu).into_iter();
    let is_now = |layer: &Layer| now.is_some_and(|now| now.kind_id() == layer.kind_id());
    let fits = |layer: &Layer| input.is_some_and(|input| layer.output(input).is_ok());
    let named = |layer: Layer| (layer.kind_id().to_string(), layer.kind_title().to_string());
    usual.filter(|layer| is_now(layer) || fits(layer)).map(named).collect()
}

/// A field's name as it stands behind its box.
pub(super) fn unit(field: &'static str) -> &'static str {
    match field {
        "channels" => "maps",
        "size" => "window",
        "percent" => "%",
        other => other,
    }
}

/// A field's name before that of its layer: `Units of`, as in `Units of layer 2`.
pub(super) fn label(field: &'static str) -> String {
    match field {
        "percent" => "Per cent dropped by".into(),
        other => crate::names::capitalised(unit(other)) + " of",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<(RowKind, Place, usize)> {
        let model = Model::read(text).expect("a model");
        rows(&model).into_iter().map(|row| (row.kind, row.place.clone(), row.depth)).collect()
    }

    #[test]
    fn a_chain_has_a_row_a_layer() {
        assert_eq!(of("dense:2:relu,pool:2"), [(RowKind::Layer, vec![0], 0), (RowKind::Layer, vec![1], 0)]);
        assert_eq!(of(""), []);
    }

    #[test]
    fn what_is_inside_a_block_stands_below_it_and_further_in() {
        use RowKind::*;
        assert_eq!(
            of("residual(repeat:2(act:relu),norm:relu),act:relu"),
            [
                (Residual, vec![0], 0),
                (Repeat, vec![0, 0, 0], 1),
                (Layer, vec![0, 0, 0, 0, 0], 2),
                (Layer, vec![0, 0, 1], 1),
                (Layer, vec![1], 0),
            ]
        );
        assert_eq!(
            of("parallel:add(;act:relu)"),
            [(Parallel, vec![0], 0), (Branch, vec![0, 0], 1), (Branch, vec![0, 1], 1), (Layer, vec![0, 1, 0], 2)]
        );
    }

    #[test]
    fn points_are_offered_no_layers_for_images() {
        let ids = |input, now| kinds(Some(input), now).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        let [points, image] = [Extent::Vector { features: 2 }, Extent::Image { rows: 8, cols: 8, channels: 1 }];
        assert_eq!(ids(points, None), ["dense", "norm", "dropout", "act", "flatten"]);
        assert_eq!(ids(image, None).len(), Layer::usual(Activation::Relu).len());
        let pool = Layer::usual(Activation::Relu).into_iter().find(|layer| layer.kind_id() == "pool");
        assert!(ids(points, pool).contains(&"pool".to_string()), "what is there can be seen");
    }

    #[test]
    fn fields_are_called_as_people_call_them() {
        assert_eq!([label("units"), label("channels"), label("percent")], ["Units of", "Maps of", "Per cent dropped by"]);
        assert_eq!(["size", "stride"].map(unit), ["window", "stride"]);
    }
}
