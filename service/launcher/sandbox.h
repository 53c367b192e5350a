#pragma once
/// What a job's process is wrapped in before it runs.
#include <string>
#include <vector>

#include "proofload/pipeline/launcher.h"

namespace proofload::pipeline {

/// Descriptor on which bubblewrap finds the system call filter.
inline constexpr int kFilterDescriptor = 4;

/// Command line of the job inside the sandbox: bubblewrap in front for namespaces, else unchanged.
std::vector<std::string> sandboxed_arguments(const Job& job, Sandbox level);

/// Denies system calls no stage program needs (ptrace, mount, bpf, …; sockets other than AF_UNIX
/// unless `network`). Called in the child before exec; false when the kernel refuses.
bool install_seccomp_filter(bool network);

/// The same filter as a file for bubblewrap, which installs it last; -1 when that fails.
int open_seccomp_filter(bool network);

/// Resource limits of the calling process; false when one could not be set.
bool apply_limits(const JobLimits& limits);

}  // namespace proofload::pipeline
