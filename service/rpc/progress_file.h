#pragma once
/// Reading progress.jsonl while it grows.
#include <deque>
#include <optional>
#include <string>

#include "proofload/v1/run.pb.h"

namespace proofload::service {

/// Appends up to `most` steps with a sequence above `after` and moves `offset` behind them; an
/// unfinished last line is left for the next call.
void read_progress(const std::string& path, std::streamoff& offset, double after, std::size_t most,
                   std::deque<v1::Progress>& out);

/// The last complete step.
std::optional<v1::Progress> last_progress(const std::string& path);

}  // namespace proofload::service
