#include "hdf5_access.h"

#include <array>

namespace proofload::io {

namespace {

/// HDF5's own error stack on stderr says nothing a user could act on.
void be_quiet() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

/// Object times off: the same mesh gives the same bytes.
Handle untimed(hid_t property_class) {
  Handle list(H5Pcreate(property_class), H5Pclose, "create a property list");
  H5Pset_obj_track_times(list, false);
  return list;
}

void write_text_attribute(hid_t object, const char* name, const std::string& text) {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "copy a type");
  H5Tset_size(type, text.empty() ? 1 : text.size());
  Handle space(H5Screate(H5S_SCALAR), H5Sclose, "create a space");
  Handle attribute(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                   std::string("create the attribute ") + name);
  if (H5Awrite(attribute, type, text.c_str()) < 0) {
    throw std::runtime_error(std::string("HDF5: cannot write the attribute ") + name);
  }
}

std::string read_text_attribute(hid_t object, const char* name) {
  if (H5Aexists(object, name) <= 0) return "";
  Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose, "open an attribute");
  Handle type(H5Aget_type(attribute), H5Tclose, "read a type");
  if (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) > 0) return "";
  std::string text(H5Tget_size(type), '\0');
  return H5Aread(attribute, type, text.data()) < 0 ? "" : text;
}

}  // namespace

File File::create(const std::string& path, const std::string& schema) {
  be_quiet();
  Handle list = untimed(H5P_FILE_CREATE);
  File file(Handle(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, list, H5P_DEFAULT), H5Fclose,
                   "create " + path),
            path);
  write_text_attribute(file.file_, "schema", schema);
  return file;
}

File File::open(const std::string& path, const std::string& schema, bool write) {
  be_quiet();
  File file(Handle(H5Fopen(path.c_str(), write ? H5F_ACC_RDWR : H5F_ACC_RDONLY, H5P_DEFAULT),
                   H5Fclose, "open " + path),
            path);
  const std::string found = read_text_attribute(file.file_, "schema");
  if (found != schema) {
    throw std::runtime_error("HDF5: " + path + " has schema \"" + found + "\", expected \"" +
                             schema + "\"");
  }
  return file;
}

void File::write_raw(const std::string& name, hid_t type, const void* data, std::size_t size,
                     int columns, const std::string& unit) {
  if (size % columns != 0) {
    throw std::runtime_error("HDF5: " + path_ + ": " + name + " has " + std::to_string(size) +
                             " values, not a multiple of " + std::to_string(columns));
  }
  const std::array<hsize_t, 2> shape{size / columns, static_cast<hsize_t>(columns)};
  Handle space(H5Screate_simple(columns == 1 ? 1 : 2, shape.data(), nullptr), H5Sclose,
               "create a space");
  Handle list = untimed(H5P_DATASET_CREATE);
  Handle set(H5Dcreate2(file_, name.c_str(), type, space, H5P_DEFAULT, list, H5P_DEFAULT),
             H5Dclose, "create " + name + " in " + path_);
  if (!unit.empty()) write_text_attribute(set, "unit", unit);
  if (size > 0 && H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0) {
    throw std::runtime_error("HDF5: cannot write " + name + " in " + path_);
  }
}

void File::write(const std::string& name, const std::vector<double>& values, int columns,
                 const std::string& unit) {
  write_raw(name, H5T_NATIVE_DOUBLE, values.data(), values.size(), columns, unit);
}

void File::write(const std::string& name, const std::vector<std::int32_t>& values, int columns) {
  write_raw(name, H5T_NATIVE_INT32, values.data(), values.size(), columns, "");
}

void File::write(const std::string& name, const std::vector<std::string>& values) {
  // One text of lines: names hold no line breaks.
  std::vector<std::int32_t> bytes;
  for (const std::string& value : values) {
    for (const unsigned char c : value) bytes.push_back(c == '\n' ? ' ' : c);
    bytes.push_back('\n');
  }
  write(name, bytes, 1);
}

Handle File::open_dataset(const std::string& name) const {
  return Handle(H5Dopen2(file_, name.c_str(), H5P_DEFAULT), H5Dclose,
                "find " + name + " in " + path_);
}

std::size_t File::size_of(hid_t dataset, const std::string& name, int columns) const {
  Handle space(H5Dget_space(dataset), H5Sclose, "read the shape of " + name);
  std::array<hsize_t, 2> shape{0, 1};
  const int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 1 || rank > 2) throw std::runtime_error("HDF5: " + name + " has a wrong rank");
  H5Sget_simple_extent_dims(space, shape.data(), nullptr);
  if (static_cast<int>(shape[1]) != columns) {
    throw std::runtime_error("HDF5: " + path_ + ": " + name + " has " + std::to_string(shape[1]) +
                             " columns, expected " + std::to_string(columns));
  }
  return shape[0] * shape[1];
}

std::vector<double> File::read_doubles(const std::string& name, int columns) const {
  Handle set = open_dataset(name);
  std::vector<double> values(size_of(set, name, columns));
  if (!values.empty() &&
      H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) {
    throw std::runtime_error("HDF5: cannot read " + name + " in " + path_);
  }
  return values;
}

std::vector<std::int32_t> File::read_ints(const std::string& name, int columns) const {
  Handle set = open_dataset(name);
  std::vector<std::int32_t> values(size_of(set, name, columns));
  if (!values.empty() &&
      H5Dread(set, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) {
    throw std::runtime_error("HDF5: cannot read " + name + " in " + path_);
  }
  return values;
}

std::vector<std::string> File::read_texts(const std::string& name) const {
  std::vector<std::string> texts;
  std::string line;
  for (const std::int32_t c : read_ints(name, 1)) {
    if (c == '\n') {
      texts.push_back(line);
      line.clear();
    } else {
      line += static_cast<char>(c);
    }
  }
  return texts;
}

bool File::has(const std::string& name) const {
  return H5Lexists(file_, name.c_str(), H5P_DEFAULT) > 0;
}

void File::make_group(const std::string& name) {
  Handle list = untimed(H5P_GROUP_CREATE);
  Handle group(H5Gcreate2(file_, name.c_str(), H5P_DEFAULT, list, H5P_DEFAULT), H5Gclose,
               "create the group " + name);
}

}  // namespace proofload::io
