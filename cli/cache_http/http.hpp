// SPDX-License-Identifier: Apache-2.0
//
// HTTP requests to one server by libcurl: TLS, credentials, redirects, time limits. One attempt each; who
// calls retries.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mtc/result.hpp"

namespace mtc::cache_http {

struct Settings {
  std::string url;      ///< Without a slash at the end.
  std::string token;    ///< Sent as bearer; empty: user and password of the URL or of netrc.
  std::string ca_file;  ///< PEM; empty: the system's authorities.
  double timeout_s = 10;
  bool zstd = false;  ///< Compress uploads.
};

/// `url` without user and password, for messages.
std::string public_url(const std::string& url);

/// A connection that is kept open between requests. For one thread at a time.
class Http {
 public:
  /// `settings` must outlive it.
  explicit Http(const Settings& settings);
  ~Http();
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;

  /// Takes a piece of a body; false ends the transfer, which then is an error of code out_of_range.
  using Sink = std::function<bool(std::string_view)>;

  /// Each returns the status of the answer (redirects of get and head are followed) and takes `path` as
  /// "ac/<key>". Errors: no answer. retryable: it may come another time. Codes: unavailable (no connection),
  /// deadline_exceeded (timeout_s), permission_denied (certificate), aborted (the transfer broke off),
  /// out_of_range.
  Result<long> head(const std::string& path);
  /// `sink` gets the body of an answer 200, Content-Encoding undone.
  Result<long> get(const std::string& path, const Sink& sink);
  Result<long> put(const std::string& path, const std::filesystem::path& file,
                   const std::vector<std::string>& headers);

 private:
  struct Handle;
  Result<long> perform(const std::string& path);
  const Settings& settings_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace mtc::cache_http
