#include "level_fields.h"

#include <stdexcept>

namespace proofload::assessment {

LevelFields read_fields(const std::string& level_folder,
                        const std::vector<std::string>& load_cases) {
  LevelFields fields;
  fields.mesh = io::read_mesh(level_folder + "/mesh.h5");
  const std::string path = level_folder + "/result.h5";
  fields.header = io::read_result_header(path);
  fields.load_cases = load_cases;
  const std::size_t n_points = fields.header.point_node.size();
  if (fields.header.point_body.size() != n_points) {
    throw std::runtime_error(path + ": points and bodies differ in number");
  }
  for (const std::int32_t node : fields.header.point_node) {
    if (node < 0 || node >= fields.mesh.n_nodes()) {
      throw std::runtime_error(path + ": does not belong to the mesh beside it");
    }
  }
  for (const std::string& load_case : load_cases) {
    fields.results.push_back(io::read_load_case(path, load_case));
    if (fields.results.back().stress_mpa.size() != 6 * n_points) {
      throw std::runtime_error(path + ": stress of " + load_case + " is not complete");
    }
  }
  return fields;
}

fatigue::Points points_of(const LevelFields& fields, const std::string& body) {
  fatigue::Points points;
  for (const io::LoadCaseResult& result : fields.results) {
    points.stress.push_back(result.stress_mpa.data());
  }
  points.xyz = fields.mesh.nodes.data();
  points.node = fields.header.point_node.data();
  for (std::size_t i = 0; i < fields.header.point_body.size(); ++i) {
    const auto index = static_cast<std::size_t>(fields.header.point_body[i]);
    if (index < fields.mesh.body_names.size() && fields.mesh.body_names[index] == body) {
      points.index.push_back(static_cast<std::int32_t>(i));
    }
  }
  return points;
}

}  // namespace proofload::assessment
