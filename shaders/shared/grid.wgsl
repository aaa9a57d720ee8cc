// The number of a workgroup in a grid that was folded over x and y.
//
// Spec       src/exec/gpu/text.rs
// Constants  GRID_WIDTH

fn group_index(workgroup: vec3<u32>) -> u32 {
    return workgroup.y * GRID_WIDTH + workgroup.x;
}
