// SPDX-License-Identifier: Apache-2.0
//
// mtc-cache-http: moves bytes between a cache of the Bazel HTTP convention and files, for the driver on
// descriptor 3 (the protocol is in core/remote/program.hpp).
#include <curl/curl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <mutex>
#include <string_view>

#include "cli/cache_http/lane.hpp"
#include "core/base/error_json.hpp"
#include "core/base/frame.hpp"

namespace mtc::cache_http {
namespace {

constexpr int kDriver = 3;
constexpr std::size_t kDownloads = 4;
constexpr std::size_t kUploads = 2;

void send(const Json& id, const Answer& answer) {
  static std::mutex mutex;
  const std::lock_guard guard(mutex);
  const Json json{
      {"id", id}, {"kind", answer.kind}, {"bytes", answer.bytes}, {"error", error_to_json(answer.error)}};
  // A driver that is gone is noticed by serve().
  static_cast<void>(write_frame(kDriver, json.dump(-1, ' ', false, Json::error_handler_t::replace)));
}

Settings settings_of(const Json& open) {
  Settings settings;
  settings.url = open.at("url").get<std::string>();
  while (settings.url.ends_with('/')) settings.url.pop_back();
  settings.token = open.at("token").get<std::string>();
  settings.ca_file = open.at("ca_file").get<std::string>();
  settings.timeout_s = open.at("timeout_s").get<double>();
  settings.zstd = open.at("zstd").get<bool>();
  return settings;
}

/// Answers requests until the driver closes the socket.
Result<void> serve() {
  FrameReader reader;
  const auto next = [&]() -> Result<Json> {
    MTC_ASSIGN(const auto text, read_frame(kDriver, reader));
    return text ? Json::parse(*text) : Json();
  };
  MTC_ASSIGN(const Json open, next());
  if (open.is_null()) return {};
  const Settings settings = settings_of(open);
  Damaged damaged;
  const auto answer = [](const Json& request, const Answer& given) { send(request.at("id"), given); };
  // Apart, so that nobody who waits for a download waits for uploads.
  Lane downloads(kDownloads, settings, damaged, answer);
  Lane uploads(kUploads, settings, damaged, answer);
  send(open.at("id"), {});
  while (true) {
    MTC_ASSIGN(Json request, next());
    if (request.is_null()) break;
    auto& lane = request.at("type") == "store" ? uploads : downloads;
    lane.add(std::move(request));
  }
  ::_exit(0);  // The threads still use what stands here.
}

}  // namespace
}  // namespace mtc::cache_http

int main(int argc, char** argv) {
  struct stat info {};
  if (argc > 1 && std::string_view(argv[1]) == "--version")
    return std::puts("mtc-cache-http " MTC_VERSION) < 0;
  if (argc > 1 || ::fstat(3, &info) != 0 || !S_ISSOCK(info.st_mode)) {
    std::fputs(
        "mtc-cache-http speaks to a remote cache for `mtc`, which starts it and talks to it over descriptor "
        "3;\n"
        "there is nothing to do by hand. Try `mtc run --help`.\n",
        stderr);
    return 2;
  }
  curl_global_init(CURL_GLOBAL_DEFAULT);
  try {
    const auto served = mtc::cache_http::serve();
    if (!served) std::fprintf(stderr, "mtc-cache-http: %s\n", served.error().message.c_str());
  } catch (const mtc::Json::exception& error) {
    std::fprintf(stderr, "mtc-cache-http: not the driver's protocol: %s\n", error.what());
  }
  ::_exit(1);  // Other threads may still run.
}
