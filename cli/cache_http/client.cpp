// SPDX-License-Identifier: Apache-2.0
#include "cli/cache_http/client.hpp"

#include <fcntl.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "cli/cache_http/compress.hpp"
#include "cli/cache_http/retry.hpp"
#include "core/base/clock.hpp"
#include "core/base/file.hpp"

namespace mtc::cache_http {
namespace {

bool is_found(long status) { return status == 200; }
bool is_missing(long status) { return status == 404 || status == 410; }
bool is_taken(long status) { return status == 200 || status == 201 || status == 202 || status == 204; }

/// Statuses that another attempt may change.
bool is_passing(long status) {
  return status == 408 || status == 429 || status == 500 || (status >= 502 && status <= 504);
}

}  // namespace

Client::Item Client::item_of(const Json& json) {
  return {json.at("key").get<std::string>(), json.at("file").get<std::string>(),
          json.at("bytes").get<std::uint64_t>()};
}

Answer Client::handle(const Json& request) {
  const auto type = request.at("type").get<std::string>();
  if (type == "find") {
    const Item entry = item_of(request);
    return download("ac/" + entry.key, entry, false);
  }
  if (type == "fetch") return fetch(request.at("blobs"));
  if (type == "store") return store(request.at("blobs"), item_of(request.at("entry")));
  return failed({Code::internal, "an unknown request: " + type, "", "use programs of the same build"});
}

Answer Client::fetch(const Json& blobs) {
  Answer all;
  for (const Json& json : blobs) {
    const Item blob = item_of(json);
    auto one = download("cas/" + blob.key, blob, true);
    one.bytes += all.bytes;
    if (one.kind != "done") return one;
    all = std::move(one);
  }
  return all;
}

Answer Client::store(const Json& blobs, const Item& entry) {
  Answer all;
  for (const Json& json : blobs) {
    auto one = upload_blob(item_of(json));
    one.bytes += all.bytes;
    if (one.kind != "done") return one;
    all = std::move(one);
  }
  // Last, so that whoever finds it finds all that it names.
  auto last = with_retries([&] { return put("ac/" + entry.key, entry, false); });
  last.bytes += all.bytes;
  return last;
}

Answer Client::upload_blob(const Item& blob) {
  return with_retries([&] { return upload_blob_once(blob); });
}

Answer Client::upload_blob_once(const Item& blob) {
  const std::string path = "cas/" + blob.key;
  if (!damaged_.contains(blob.key)) {
    const auto status = http_.head(path);
    if (!status) return failed(status.error());
    if (is_found(*status)) return {};
    if (is_passing(*status) || *status == 401) return refused(*status, "look for a blob");
    // Anything else, also from a server that knows no HEAD: the upload will tell.
  }
  auto answer = put(path, blob, settings_.zstd);
  if (answer.kind == "done") damaged_.remove(blob.key);
  return answer;
}

Answer Client::put(const std::string& path, const Item& item, bool compress) {
  std::filesystem::path file = item.file;
  std::vector<std::string> headers;
  std::optional<std::filesystem::path> folder;
  if (compress) {
    auto made = make_private_folder(std::filesystem::temp_directory_path(), "mtc-zstd-");
    if (!made) return failed(made.error());
    folder = *made;
    file = *folder / "blob.zst";
    if (auto packed = compress_file(item.file, file); !packed) {
      static_cast<void>(remove_tree(*folder));  // The first error counts.
      return failed(packed.error());
    }
    headers = {"Content-Encoding: zstd", fmt::format("X-Digest-SizeBytes: {}", item.bytes)};
  }
  std::error_code ignored;  // A count for people.
  const auto bytes = std::filesystem::file_size(file, ignored);
  const auto status = http_.put(path, file, headers);
  if (folder) static_cast<void>(remove_tree(*folder));  // Left in the system's folder for temporary files.
  if (!status) return failed(status.error());
  if (is_taken(*status)) return {"done", bytes, {}};
  return refused(*status, "upload");
}

Answer Client::download(const std::string& path, const Item& item, bool is_blob) {
  auto answer = with_retries([&] { return download_once(path, item, is_blob); });
  if (answer.kind != "done") static_cast<void>(remove_tree(item.file));  // Goes with its folder otherwise.
  if (answer.kind == "damaged" && is_blob) damaged_.add(item.key);
  return answer;
}

Answer Client::download_once(const std::string& path, const Item& item, bool is_blob) {
  const Fd fd(::open(item.file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!fd) return failed(errno_error(errno, "cannot write", item.file));
  Hasher hasher;
  std::uint64_t bytes = 0;
  Result<void> written;
  const auto status = http_.get(path, [&](std::string_view piece) {
    bytes += piece.size();
    if (bytes > item.bytes) return false;
    hasher.update(piece);
    written = write_all(fd.get(), piece, item.file);
    return static_cast<bool>(written);
  });
  if (!written) return failed(written.error());
  const bool too_long = !status && status.error().code == Code::out_of_range;
  if (!status && !too_long) return failed(status.error());
  if (!too_long && is_missing(*status)) return {"missing", 0, {}};
  if (!too_long && !is_found(*status)) return refused(*status, "download");
  if (too_long || (is_blob && hasher.finish() != item.key)) {
    return {"damaged",
            bytes,
            {Code::data_loss, "the remote cache holds other bytes than it should",
             public_url(settings_.url) + "/" + path, "it is made anew and uploaded again"}};
  }
  return {"done", bytes, {}};
}

Answer Client::with_retries(const std::function<Answer()>& attempt) {
  const auto now_ms = [] { return Clock::real().monotonic_ns() / 1'000'000; };
  const std::int64_t start = now_ms();
  Retry retry(static_cast<std::int64_t>(settings_.timeout_s * 2e3), random_());
  while (true) {
    auto answer = attempt();
    if (answer.kind != "failed" || !answer.error.retryable) return answer;
    const auto wait = retry.next(now_ms() - start);
    if (!wait) return answer;
    std::this_thread::sleep_for(std::chrono::milliseconds(*wait));
  }
}

Answer Client::refused(long status, const char* doing) const {
  Error error{Code::internal, fmt::format("the remote cache answers {} (to {})", status, doing),
              public_url(settings_.url), "look into the server's log", is_passing(status)};
  if (status == 401 || status == 403 || status == 407) {
    error.code = Code::permission_denied;
    error.hint = "give a token in MTC_REMOTE_TOKEN or a line of netrc, or use --remote-read-only";
  } else if (status == 405) {
    error.code = Code::permission_denied;
    error.hint = "the server takes no uploads: use --remote-read-only";
  } else if (status >= 300 && status < 400) {
    error.code = Code::failed_precondition;
    error.hint = "give the address that the server redirects to";
  }
  return failed(std::move(error));
}

}  // namespace mtc::cache_http
