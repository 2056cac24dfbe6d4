// SPDX-License-Identifier: Apache-2.0
//
// The requests of core/remote/program.hpp in terms of HTTP: GET, HEAD and PUT of ac/<key> and cas/<digest>,
// with retries, and every download checked.
#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <string>

#include "cli/cache_http/damaged.hpp"
#include "cli/cache_http/http.hpp"
#include "core/base/json.hpp"

namespace mtc::cache_http {

/// The answer to a request, less its id.
struct Answer {
  std::string kind = "done";  ///< done missing damaged failed
  std::uint64_t bytes = 0;
  Error error;
};

/// For one thread at a time.
class Client {
 public:
  /// Both must outlive it.
  Client(const Settings& settings, Damaged& damaged)
      : settings_(settings), damaged_(damaged), http_(settings), random_(std::random_device()()) {}

  /// Answers a request "find", "fetch" or "store". Throws nlohmann's exceptions for one of another form.
  Answer handle(const Json& request);

 private:
  struct Item {
    Digest key;
    std::filesystem::path file;
    std::uint64_t bytes = 0;
  };
  static Item item_of(const Json& json);
  Answer fetch(const Json& blobs);
  Answer store(const Json& blobs, const Item& entry);
  Answer upload_blob(const Item& blob);
  Answer upload_blob_once(const Item& blob);
  Answer put(const std::string& path, const Item& item, bool compress);
  Answer download(const std::string& path, const Item& item, bool is_blob);
  Answer download_once(const std::string& path, const Item& item, bool is_blob);
  Answer with_retries(const std::function<Answer()>& attempt);
  Answer failed(Error error) const { return {"failed", 0, std::move(error)}; }
  [[nodiscard]] Answer refused(long status, const char* doing) const;

  const Settings& settings_;
  Damaged& damaged_;
  Http http_;
  std::mt19937_64 random_;
};

}  // namespace mtc::cache_http
