#pragma once
/// The quality gate of the mesh.
#include <vector>

#include "proofload/io/mesh_file.h"
#include "proofload/v1/report.pb.h"

namespace proofload::meshing {

/// Least dihedral angle (deg) and gamma = 3 r_in / R_circ (1 is best) of a straight tetrahedron.
struct CellShape {
  double min_dihedral_deg = 0;
  double gamma = 0;
};

CellShape cell_shape(const double* a, const double* b, const double* c, const double* d);

/// Writes min_dihedral_deg, mean_gamma, min_jacobian_ratio, worst_cells (ten) and findings E11.
/// `jacobian_ratio` and `cell_volume` belong to the cells of `mesh`. Throws NumericalFailure
/// (MESH_QUALITY) naming the worst cells if a cell has no volume or is not proven valid.
void judge_quality(const io::Mesh& mesh, const std::vector<double>& jacobian_ratio,
                   const std::vector<double>& cell_volume, v1::MeshFacts& facts);

/// Edge (mm) of the regular tetrahedron of this volume (mm3).
double size_of_cell(double volume);

}  // namespace proofload::meshing
