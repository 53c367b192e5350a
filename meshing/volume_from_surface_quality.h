#pragma once
/// Shape and conformity of straight tetrahedra.
#include <vector>

#include "proofload/meshing/mesh_input.h"

namespace proofload::meshing {

struct TetQuality {
  double min_dihedral_deg = 180;
  Point worst{};  ///< centroid of the cell with the smallest dihedral angle
  int worst_body = 0;
  long below_5_deg = 0;
  long not_positive = 0;       ///< cells without positive volume
  std::vector<double> volume;  ///< [bodies] mm3
};

TetQuality measure_quality(const VolumeMesh& mesh, int bodies);

/// Faces between each pair of bodies, [a][b] with a < b. Throws NumericalFailure (NOT_CONFORMING)
/// if a face has more than two cells.
std::vector<std::vector<long>> interface_faces(const VolumeMesh& mesh, int bodies);

constexpr double kMostVolumeChange = 0.03;

/// A WARNING (E8) when the mesh misses a body's volume by more than 1 %; beyond `most` it throws
/// NumericalFailure (BODY_VOLUME).
void check_volume(const std::string& body, double mesh_volume, double wanted,
                  std::vector<v1::Finding>& findings, double most = kMostVolumeChange);

}  // namespace proofload::meshing
