#pragma once
/// The conditions of a place, one by one.
#include <functional>
#include <string>
#include <vector>

#include "back_end.h"

namespace proofload::meshing {

/// A face meets the condition when its miss is within the tolerance.
struct Selector {
  std::string name;       ///< as written in the case: plane, cylinder, …
  double tolerance = 0;
  std::string unit;       ///< of the miss
  bool has_distance = true;
  std::function<double(const CellFace&)> miss;
  std::function<Point(const CellFace&)> centre;
};

/// 1e-4 of the diagonal of the model's box, mm.
double place_tolerance(const OrderedMesh& ordered);

/// Every condition given. `candidates` are the faces that nearest_mm chooses from. The functions
/// refer to `straight` and `ordered`, which must outlive them.
std::vector<Selector> make_selectors(const v1::Place& place, const TetMesh& straight,
                                     const OrderedMesh& ordered,
                                     const std::vector<CellFace>& candidates);

}  // namespace proofload::meshing
