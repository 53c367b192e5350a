#pragma once
/// Meshing libraries crash and hang on bad surfaces: each attempt has a process of its own.
#include <functional>
#include <string>

#include "proofload/meshing/mesh_input.h"

namespace proofload::meshing {

/// Runs `work` in a child process and hands back its mesh. A signal, an exit, a thrown exception
/// or more than `seconds` becomes NumericalFailure (VOLUME_MESH) "what: reason". Where no process
/// may be started, `work` runs here.
VolumeMesh mesh_in_child(const std::string& what, double seconds,
                         const std::function<VolumeMesh()>& work);

}  // namespace proofload::meshing
