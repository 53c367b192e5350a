#include "size_limit.h"

#include <CGAL/Orthogonal_k_neighbor_search.h>
#include <CGAL/Search_traits_3.h>
#include <CGAL/Search_traits_adapter.h>
#include <CGAL/Simple_cartesian.h>
#include <CGAL/property_map.h>

#include <cmath>
#include <memory>

#include "proofload/io/size_field.h"

namespace proofload::meshing {
namespace {

using Kernel = CGAL::Simple_cartesian<double>;
using Entry = std::pair<Kernel::Point_3, double>;
using Traits = CGAL::Search_traits_adapter<Entry, CGAL::First_of_pair_property_map<Entry>,
                                           CGAL::Search_traits_3<Kernel>>;
using Search = CGAL::Orthogonal_k_neighbor_search<Traits>;

constexpr int kNeighbours = 4;

}  // namespace

SizeLimit size_limit_of(const std::string& path, double scale) {
  const io::SizeField field = io::read_size_field(path);
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < field.size_mm.size(); ++i) {
    const double* p = &field.points_mm[3 * i];
    entries.emplace_back(Kernel::Point_3(p[0], p[1], p[2]), field.size_mm[i]);
  }
  const auto tree = std::make_shared<Search::Tree>(entries.begin(), entries.end());
  tree->build();
  return [tree, scale](const Point& at) {
    const Search search(*tree, Kernel::Point_3(at[0], at[1], at[2]), kNeighbours);
    double sum = 0, weights = 0;
    for (const auto& [entry, square] : search) {
      const double weight = 1 / (std::sqrt(square) + 1e-3 * entry.second);
      sum += weight * entry.second;
      weights += weight;
    }
    return scale * sum / weights;
  };
}

double size_field_count(const std::string& path) {
  return static_cast<double>(io::read_size_field(path).size_mm.size());
}

}  // namespace proofload::meshing
