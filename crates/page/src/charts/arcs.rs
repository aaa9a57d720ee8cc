//! Connections that pass over others: a site whose parent is not the one right before it.

use descent_spec::model::Outline;

/// A connection from a site to a later one, past those between them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Arc {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Two arcs that pass the same site run in different lanes; 0 is the nearest to the sites.
    pub(crate) lane: usize,
}

/// All arcs of a network, by the sites that they lead to.
pub(crate) fn arcs(outline: &Outline) -> Vec<Arc> {
    let mut arcs: Vec<Arc> = Vec::new();
    for (to, site) in outline.sites.iter().enumerate() {
        for &from in &site.parents {
            let arc = Arc { from, to, lane: 0 };
            if from + 1 < to && !arcs.contains(&arc) {
                arcs.push(arc);
            }
        }
    }
    // Short ones take the near lanes, so that long ones pass around them.
    let mut order: Vec<usize> = (0..arcs.len()).collect();
    order.sort_by_key(|&i| arcs[i].to - arcs[i].from);
    for (done, &i) in order.iter().enumerate() {
        let overlaps = |j: &&usize| arcs[**j].from < arcs[i].to && arcs[i].from < arcs[**j].to;
        let taken: Vec<usize> = order[..done].iter().filter(overlaps).map(|&j| arcs[j].lane).collect();
        arcs[i].lane = (0..).find(|lane| !taken.contains(lane)).expect("there are as many lanes as arcs");
    }
    arcs
}

/// How many lanes they take.
pub(crate) fn lanes(arcs: &[Arc]) -> usize {
    arcs.iter().map(|arc| arc.lane + 1).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use descent_spec::Model;
    use descent_spec::model::Extent;

    /// Start, end and lane of each arc.
    fn of(text: &str) -> Vec<[usize; 3]> {
        let outline = Model::read(text).expect("a model").outline(Extent::Vector { features: 2 }, None).expect("it fits");
        arcs(&outline).into_iter().map(|arc| [arc.from, arc.to, arc.lane]).collect()
    }

    #[test]
    fn a_chain_has_no_arcs() {
        assert_eq!(of("dense:2:relu,norm:relu"), [[0; 3]; 0]);
        assert_eq!(of("residual(),parallel:add(;)"), [[0; 3]; 0], "nothing stands between");
    }

    #[test]
    fn an_arc_passes_around_those_within_it_and_beside_those_after_it() {
        assert_eq!(of("residual(dense:2:relu)"), [[0, 2, 0]]);
        // Sites: 1 dense, 2 dense, 3 inner sum, 4 outer sum; then 5 dense, 6 sum.
        let nested = "residual(dense:2:relu,residual(dense:2:relu)),residual(dense:2:relu)";
        assert_eq!(of(nested), [[1, 3, 0], [0, 4, 1], [4, 6, 0]]);
    }

    #[test]
    fn branches_begin_and_end_with_arcs() {
        // Sites: 1 of the first branch, 2 of the second, 3 what joins them and the input.
        assert_eq!(of("parallel:concat(dense:2:relu;dense:3:relu;)"), [[0, 2, 0], [1, 3, 1], [0, 3, 2]]);
    }
}
