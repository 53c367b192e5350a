#pragma once
/// Small surfaces for the tests, made by hand.
#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "proofload/meshing/surface.h"

namespace proofload::meshing::testing {

/// A box of 12 triangles; `inward`: normals point inside.
inline TriangleSoup box(const Point& low, const Point& high, bool inward = false) {
  TriangleSoup soup;
  soup.file = "box";
  for (int i = 0; i < 8; ++i) {
    soup.points.push_back(
        {i & 1 ? high[0] : low[0], i & 2 ? high[1] : low[1], i & 4 ? high[2] : low[2]});
  }
  constexpr int kSides[6][4] = {{0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4},
                                {2, 6, 7, 3}, {0, 4, 6, 2}, {1, 3, 7, 5}};
  for (const auto& s : kSides) {
    soup.triangles.push_back({s[0], s[1], s[2]});
    soup.triangles.push_back({s[0], s[2], s[3]});
  }
  if (inward) {
    for (Triangle& t : soup.triangles) std::swap(t[1], t[2]);
  }
  return soup;
}

/// Both surfaces in one soup.
inline TriangleSoup together(TriangleSoup a, const TriangleSoup& b) {
  const int shift = static_cast<int>(a.points.size());
  a.points.insert(a.points.end(), b.points.begin(), b.points.end());
  for (const Triangle& t : b.triangles) {
    a.triangles.push_back({t[0] + shift, t[1] + shift, t[2] + shift});
  }
  return a;
}

/// A cylinder along z as CAD writes it: `n` needles of full height around, fans on both ends.
inline TriangleSoup needle_cylinder(double radius, double height, int n) {
  TriangleSoup soup;
  soup.file = "cylinder";
  for (int i = 0; i < n; ++i) {
    const double angle = 2 * M_PI * i / n;
    soup.points.push_back({radius * std::cos(angle), radius * std::sin(angle), 0});
    soup.points.push_back({radius * std::cos(angle), radius * std::sin(angle), height});
  }
  for (int i = 0; i < n; ++i) {
    const int a = 2 * i, b = 2 * ((i + 1) % n);
    soup.triangles.push_back({a, b, b + 1});
    soup.triangles.push_back({a, b + 1, a + 1});
    if (i > 0 && i + 1 < n) {
      soup.triangles.push_back({0, b, a});
      soup.triangles.push_back({1, a + 1, b + 1});
    }
  }
  return soup;
}

/// A profile of (radius, z), from the axis outwards and back to it, turned around z.
inline TriangleSoup revolved(const std::vector<std::array<double, 2>>& profile, int sectors) {
  TriangleSoup soup;
  soup.file = "revolved";
  soup.points = {{0, 0, profile.front()[1]}, {0, 0, profile.back()[1]}};
  for (std::size_t i = 1; i + 1 < profile.size(); ++i) {
    for (int k = 0; k < sectors; ++k) {
      const double angle = 2 * M_PI * k / sectors;
      soup.points.push_back(
          {profile[i][0] * std::cos(angle), profile[i][0] * std::sin(angle), profile[i][1]});
    }
  }
  const int rings = static_cast<int>(profile.size()) - 2;
  for (int k = 0; k < sectors; ++k) {
    const int next = (k + 1) % sectors, top = 2 + (rings - 1) * sectors;
    soup.triangles.push_back({0, 2 + next, 2 + k});
    for (int i = 0; i + 1 < rings; ++i) {
      const int low = 2 + i * sectors, high = low + sectors;
      soup.triangles.push_back({low + k, low + next, high + next});
      soup.triangles.push_back({low + k, high + next, high + k});
    }
    soup.triangles.push_back({1, top + k, top + next});
  }
  return soup;
}

/// A disc of 6 mm across with ridges around its axis, 0.1 mm wide and 0.15 mm apart.
inline TriangleSoup ridged_disc() {
  std::vector<std::array<double, 2>> profile{{0, 0}, {3, 0}, {3, 2}};
  for (double radius = 2.6; radius > 0.8; radius -= 0.25) {
    for (const double side : {0.0, 0.1}) {
      profile.push_back({radius - side, side > 0 ? 2.3 : 2});
      profile.push_back({radius - side, side > 0 ? 2 : 2.3});
    }
  }
  profile.push_back({0, 2});
  return revolved(profile, 72);
}

/// Triangles thrown at random into a box of 10 mm.
inline TriangleSoup random_soup(int count) {
  TriangleSoup soup;
  soup.file = "soup";
  std::mt19937 random(7);
  const auto number = [&] { return 10.0 * random() / 4294967296.0; };
  for (int i = 0; i < count; ++i) {
    for (int k = 0; k < 3; ++k) soup.points.push_back({number(), number(), number()});
    soup.triangles.push_back({3 * i, 3 * i + 1, 3 * i + 2});
  }
  return soup;
}

/// Binary STL bytes of a soup.
inline std::string binary_stl(const TriangleSoup& soup, std::string header = "solid binary") {
  header.resize(80, ' ');
  const auto count = static_cast<std::uint32_t>(soup.triangles.size());
  std::string bytes = header + std::string(reinterpret_cast<const char*>(&count), 4);
  for (const Triangle& t : soup.triangles) {
    float numbers[12] = {0, 0, 0};
    for (int k = 0; k < 9; ++k) numbers[3 + k] = float(soup.points[t[k / 3]][k % 3]);
    bytes.append(reinterpret_cast<const char*>(numbers), sizeof numbers);
    bytes.append(2, '\0');
  }
  return bytes;
}

/// ASCII STL of a soup, one solid.
inline std::string ascii_stl(const TriangleSoup& soup, const std::string& name = "part") {
  std::string text = "solid " + name + "\n";
  for (const Triangle& t : soup.triangles) {
    text += "facet normal 0 0 0\n outer loop\n";
    for (const int corner : t) {
      const Point& p = soup.points[corner];
      text += "  vertex " + std::to_string(p[0]) + " " + std::to_string(p[1]) + " " +
              std::to_string(p[2]) + "\n";
    }
    text += " endloop\nendfacet\n";
  }
  return text + "endsolid " + name + "\n";
}

/// A file that is removed with this.
class TemporaryFile {
 public:
  TemporaryFile(const std::string& name, const std::string& bytes)
      : path_((std::filesystem::temp_directory_path() /
               (std::to_string(std::random_device()()) + name))
                  .string()) {
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace proofload::meshing::testing
