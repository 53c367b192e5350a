#pragma once
/// Displacement and recovered stress where a probe reads them.
#include <functional>
#include <optional>

#include "context.h"

namespace proofload::solver::fields {

struct Sample {
  Eigen::Vector3d displacement = Eigen::Vector3d::Zero();
  Stress stress = Stress::Zero();
};

/// A number read from a sample.
using Read = std::function<double(const Sample&)>;

/// Rows: the axes of the probe's local frame.
Eigen::Matrix3d frame_of(const v1::Probe& probe);

/// What a probe asks for: component, in its local frame. Empty with `reason` set if it cannot be
/// read from displacement and stress at a point.
std::optional<Read> reader_of(const v1::Probe& probe, std::string& reason);

/// Each sets the value (and place) of `out`, or the reason why there is none. Collective.
void read_point(const Context& context, const v1::Probe& probe, const Read& read,
                v1::Quantity& out);
void read_ball(const Context& context, const v1::Probe& probe, const Read& read, v1::Quantity& out);
void read_place_mean(const Context& context, const v1::Probe& probe, const Read& read,
                     v1::Quantity& out);
void read_body_mean(const Context& context, const v1::Probe& probe, const Read& read,
                    v1::Quantity& out);

/// Greatest (sign 1) or least (sign -1) nodal value over a place or body; returns where.
Peak read_place_peak(const Context& context, const v1::Probe& probe, const Read& read, double sign,
                     v1::Quantity& out);
Peak read_body_peak(const Context& context, const std::vector<EdgeZone>& zones,
                    const v1::Probe& probe, const Read& read, double sign, v1::Quantity& out);

}  // namespace proofload::solver::fields
