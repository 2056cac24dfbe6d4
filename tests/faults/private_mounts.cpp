// SPDX-License-Identifier: Apache-2.0
#include "tests/faults/private_mounts.hpp"

#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include <gtest/gtest.h>

namespace mtc::test {
namespace {

std::string reason(const std::string& what) { return what + ": " + std::strerror(errno); }

/// Makes this user root of a namespace of its own.
std::string enter_user_namespace() {
  const auto user = ::getuid();
  const auto group = ::getgid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return reason("no mount and no user namespace");
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
  std::ofstream("/proc/self/gid_map") << "0 " << group << " 1";
  return ::getuid() == 0 ? "" : "no user can be mapped";
}

std::string enter_namespace() {
  if (::geteuid() != 0 || ::unshare(CLONE_NEWNS) != 0) {
    if (auto refused = enter_user_namespace(); !refused.empty()) return refused;
  }
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return reason("no private mounts");
  return {};
}

std::string size_option(std::uint64_t bytes) { return "size=" + std::to_string(bytes); }

}  // namespace

std::string refuses_private_mounts() {
  static const std::string refused = enter_namespace();
  return refused;
}

Mount Mount::small(const std::filesystem::path& folder, std::uint64_t bytes) {
  std::filesystem::create_directories(folder);
  if (::mount("tmpfs", folder.c_str(), "tmpfs", 0, size_option(bytes).c_str()) != 0)
    ADD_FAILURE() << reason("cannot mount " + folder.string());
  return Mount(folder);
}

Mount Mount::read_only(const std::filesystem::path& folder) {
  // Within a user namespace a mount must keep the restrictions that it has.
  struct statvfs status {};
  ::statvfs(folder.c_str(), &status);
  unsigned long kept = 0;
  if ((status.f_flag & ST_NOSUID) != 0) kept |= MS_NOSUID;
  if ((status.f_flag & ST_NODEV) != 0) kept |= MS_NODEV;
  if ((status.f_flag & ST_NOEXEC) != 0) kept |= MS_NOEXEC;
  if ((status.f_flag & ST_RELATIME) != 0) kept |= MS_RELATIME;
  const char* place = folder.c_str();
  if (::mount(place, place, nullptr, MS_BIND, nullptr) != 0 ||
      ::mount(nullptr, place, nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY | kept, nullptr) != 0)
    ADD_FAILURE() << reason("cannot make read-only: " + folder.string());
  return Mount(folder);
}

Mount::~Mount() { ::umount2(folder_.c_str(), MNT_DETACH); }

void Mount::resize(std::uint64_t bytes) const {
  if (::mount(nullptr, folder_.c_str(), nullptr, MS_REMOUNT, size_option(bytes).c_str()) != 0)
    ADD_FAILURE() << reason("cannot resize " + folder_.string());
}

}  // namespace mtc::test
