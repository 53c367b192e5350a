#pragma once
/// Meshing libraries crash and hang on bad surfaces: each attempt has a process of its own.
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "proofload/meshing/mesh_input.h"

namespace proofload::meshing {

/// Runs `work` in a child process and hands back its bytes. A signal, an exit, a thrown exception
/// or more than `seconds` of computing (of the child itself, so that the outcome does not hang on
/// what else the machine does; five times as long by the clock) becomes NumericalFailure(code,
/// "what: reason"). Where no process may be started, `work` runs here.
std::string answer_in_child(const std::string& code, const std::string& what, double seconds,
                            const std::function<std::string()>& work);

/// For the work of a child: it may take so many bytes more than it has.
void limit_memory(std::uint64_t more_bytes);

/// Arrays one after the other, for answers of a child.
template <class T>
void append(std::string& bytes, const std::vector<T>& values) {
  const std::uint64_t count = values.size();
  bytes.append(reinterpret_cast<const char*>(&count), sizeof count);
  bytes.append(reinterpret_cast<const char*>(values.data()), count * sizeof(T));
}

/// Takes a vector off the front of `bytes`; false when they do not suffice.
template <class T>
bool take(std::string_view& bytes, std::vector<T>& values) {
  std::uint64_t count = 0;
  if (bytes.size() < sizeof count) return false;
  std::memcpy(&count, bytes.data(), sizeof count);
  bytes.remove_prefix(sizeof count);
  if (count > bytes.size() / sizeof(T)) return false;
  values.resize(count);
  if (count > 0) std::memcpy(static_cast<void*>(values.data()), bytes.data(), count * sizeof(T));
  bytes.remove_prefix(count * sizeof(T));
  return true;
}

/// Runs `work` in a child process and hands back its mesh. A signal, an exit, a thrown exception
/// or more than `seconds` of computing becomes NumericalFailure (VOLUME_MESH) "what: reason". Where
/// no process may be started, `work` runs here.
VolumeMesh mesh_in_child(const std::string& what, double seconds,
                         const std::function<VolumeMesh()>& work);

}  // namespace proofload::meshing
