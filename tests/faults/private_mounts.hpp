// SPDX-License-Identifier: Apache-2.0
//
// File systems that only this process and its children see: a small one that fills up, and a read-only one
// (modes do not stop root).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace mtc::test {

/// Gives this process mounts of its own, by a mount namespace or a user namespace; empty on success, else why
/// that cannot be here. To be called before any thread starts; further calls cost nothing.
std::string refuses_private_mounts();

/// A mount on a folder, which is made if absent; undone at the end.
class Mount {
 public:
  /// An empty file system in memory of `bytes`.
  static Mount small(const std::filesystem::path& folder, std::uint64_t bytes);
  /// What is in the folder, read-only.
  static Mount read_only(const std::filesystem::path& folder);
  Mount(const Mount&) = delete;
  Mount& operator=(const Mount&) = delete;
  ~Mount();

  /// Gives a small file system another size.
  void resize(std::uint64_t bytes) const;

 private:
  explicit Mount(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
};

}  // namespace mtc::test
