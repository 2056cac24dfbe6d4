// SPDX-License-Identifier: Apache-2.0
//
// nginx as a remote cache (WebDAV's PUT below /ac/ and /cas/), on 127.0.0.1, in a private folder.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::test {

class Nginx {
 public:
  struct Options {
    bool tls = false;           ///< With a certificate of its own authority: certificate().
    std::string authorization;  ///< The header without which it answers 401; empty = none.
    bool read_only = false;
  };

  /// Whether nginx is installed.
  static bool installed();
  /// Serves when the constructor is done; fails the test when it cannot be started.
  explicit Nginx(const Options& options);

  [[nodiscard]] std::string url() const {
    return (tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + port_;
  }
  [[nodiscard]] std::filesystem::path certificate() const { return folder_ / "certificate.pem"; }
  /// Files that it holds under "ac" or "cas".
  [[nodiscard]] std::vector<std::filesystem::path> files(const std::string& part) const;
  /// Its access log: lines "METHOD /path STATUS".
  [[nodiscard]] std::string log() const { return read_file(folder_ / "access.log"); }

 private:
  TempDir folder_;
  bool tls_;
  std::string port_;
  std::optional<Child> child_;
};

}  // namespace mtc::test
