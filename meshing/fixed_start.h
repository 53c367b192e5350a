#pragma once
/// The same process for the same input.
#include <functional>
#include <string>

namespace proofload::meshing {

/// OpenCASCADE orders what a cut leaves by memory addresses, so faces would be numbered and meshed
/// differently from run to run, and even from folder to folder. Starts this program again with
/// fixed addresses and with names of fixed length: the level folder as working directory, the case
/// folder behind a file descriptor, no environment but what the program needs. Returns when it is
/// that second start already, or where the system does not allow it.
void start_with_fixed_addresses(const std::string& level_dir, const std::string& case_folder);

/// Does the work in a thread of its own and waits; exceptions come through. Gmsh keeps sets by
/// address, and what the main thread allocates lies behind the program, so that every other build
/// of it would mesh differently; a thread's memory does not.
void in_own_memory(const std::function<void()>& work);

/// Text without the stand-in for the case folder: files are named relative to the case.
std::string with_user_paths(std::string text);

}  // namespace proofload::meshing
