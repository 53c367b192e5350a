#pragma once
/// The same process for the same input: what the mesher does for it. See start/main.cc.
#include <functional>
#include <string>

namespace proofload::meshing {

/// Stands for the case folder in the mesher's arguments.
inline constexpr char kCaseFolderStandIn[] = "/proc/self/fd/100";

/// Does the work in a thread of its own and waits; exceptions come through. Gmsh keeps sets by
/// address, and what the main thread allocates lies behind the program, so that every other build
/// of it would mesh differently; a thread's memory does not.
void in_own_memory(const std::function<void()>& work);

/// Text without the stand-in for the case folder: files are named relative to the case.
std::string with_user_paths(std::string text);

}  // namespace proofload::meshing
