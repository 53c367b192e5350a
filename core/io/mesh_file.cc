#include "proofload/io/mesh_file.h"

#include "hdf5_access.h"

namespace proofload::io {

namespace {

constexpr const char* kSchema = "proofload/mesh/1";

void write_face_sets(File& file, const std::string& group, const std::vector<FaceSet>& sets) {
  std::vector<std::string> names;
  file.make_group(group);
  for (std::size_t i = 0; i < sets.size(); ++i) {
    names.push_back(sets[i].name);
    const std::string base = group + "/" + std::to_string(i);
    file.make_group(base);
    file.write(base + "/faces", sets[i].faces, 6);
    file.write(base + "/cells", sets[i].cells, 1);
  }
  file.write(group + "/names", names);
}

FaceSet read_face_set(const File& file, const std::string& base, const std::string& name) {
  return {name, file.read_ints(base + "/faces", 6), file.read_ints(base + "/cells", 1)};
}

std::vector<FaceSet> read_face_sets(const File& file, const std::string& group) {
  std::vector<FaceSet> sets;
  for (const std::string& name : file.read_texts(group + "/names")) {
    sets.push_back(read_face_set(file, group + "/" + std::to_string(sets.size()), name));
  }
  return sets;
}

void check_indices(const std::vector<std::int32_t>& indices, std::int64_t size,
                   const std::string& what, const std::string& path) {
  for (const std::int32_t index : indices) {
    if (index < 0 || index >= size) {
      throw std::runtime_error(path + ": " + what + " refers to " + std::to_string(index) +
                               ", there are " + std::to_string(size));
    }
  }
}

void check(const Mesh& mesh, const std::string& path) {
  check_indices(mesh.cells, mesh.n_nodes(), "cells", path);
  check_indices(mesh.cell_body, static_cast<std::int64_t>(mesh.body_names.size()), "cell_body",
                path);
  if (mesh.cells.size() != 10 * mesh.cell_body.size()) {
    throw std::runtime_error(path + ": cells and cell_body differ in length");
  }
  const auto check_faces = [&](const FaceSet& set) {
    check_indices(set.faces, mesh.n_nodes(), "faces of " + set.name, path);
    check_indices(set.cells, mesh.n_cells(), "cells of " + set.name, path);
    if (set.faces.size() != 6 * set.cells.size()) {
      throw std::runtime_error(path + ": faces and cells of " + set.name + " differ in length");
    }
  };
  check_faces(mesh.exterior);
  for (const FaceSet& set : mesh.places) check_faces(set);
  for (const FaceSet& set : mesh.interfaces) check_faces(set);
}

}  // namespace

void write_mesh(const std::string& path, const Mesh& mesh) {
  check(mesh, path);
  File file = File::create(path, kSchema);
  file.write("nodes", mesh.nodes, 3, "mm");
  file.write("cells", mesh.cells, 10);
  file.write("cell_body", mesh.cell_body, 1);
  file.write("body_names", mesh.body_names);
  file.make_group("exterior");
  file.write("exterior/faces", mesh.exterior.faces, 6);
  file.write("exterior/cells", mesh.exterior.cells, 1);
  write_face_sets(file, "places", mesh.places);
  write_face_sets(file, "interfaces", mesh.interfaces);
}

Mesh read_mesh(const std::string& path) {
  const File file = File::open(path, kSchema, false);
  Mesh mesh;
  mesh.nodes = file.read_doubles("nodes", 3);
  mesh.cells = file.read_ints("cells", 10);
  mesh.cell_body = file.read_ints("cell_body", 1);
  mesh.body_names = file.read_texts("body_names");
  mesh.exterior = read_face_set(file, "exterior", "exterior");
  mesh.places = read_face_sets(file, "places");
  mesh.interfaces = read_face_sets(file, "interfaces");
  check(mesh, path);
  return mesh;
}

}  // namespace proofload::io
