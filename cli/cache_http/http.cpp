// SPDX-License-Identifier: Apache-2.0
#include "cli/cache_http/http.hpp"

#include <curl/curl.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "core/base/file_system.hpp"

namespace mtc::cache_http {
namespace {

constexpr long kMostRedirects = 5;

/// What a request reads and writes, for libcurl's callbacks.
struct Transfer {
  CURL* curl = nullptr;
  const Http::Sink* sink = nullptr;
  std::FILE* body = nullptr;
  bool refused = false;  ///< The sink wanted no more.
};

std::size_t on_data(char* data, std::size_t size, std::size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  const std::size_t bytes = size * count;
  long status = 0;
  curl_easy_getinfo(transfer.curl, CURLINFO_RESPONSE_CODE, &status);
  if (transfer.sink == nullptr || status != 200) return bytes;  // The page of an error.
  if ((*transfer.sink)({data, bytes})) return bytes;
  transfer.refused = true;
  return 0;
}

std::size_t on_read(char* data, std::size_t size, std::size_t count, void* context) {
  auto* body = static_cast<Transfer*>(context)->body;
  const std::size_t got = std::fread(data, 1, size * count, body);
  return got == 0 && std::ferror(body) != 0 ? CURL_READFUNC_ABORT : got;
}

int on_seek(void* context, curl_off_t offset, int origin) {
  return ::fseeko(static_cast<Transfer*>(context)->body, offset, origin) == 0 ? CURL_SEEKFUNC_OK
                                                                              : CURL_SEEKFUNC_FAIL;
}

Code code_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return Code::unavailable;
    case CURLE_OPERATION_TIMEDOUT:
      return Code::deadline_exceeded;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CONNECT_ERROR:
      return Code::permission_denied;
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return Code::aborted;
    default:
      return Code::unknown;
  }
}

const char* hint_for(Code code) {
  switch (code) {
    case Code::unavailable:
      return "check the address and whether the server runs";
    case Code::deadline_exceeded:
      return "check the server, or raise MTC_REMOTE_TIMEOUT";
    case Code::permission_denied:
      return "name the authority of the server's certificate in MTC_REMOTE_CA";
    default:
      return "check the server";
  }
}

}  // namespace

std::string public_url(const std::string& url) {
  const auto start = url.find("://");
  if (start == std::string::npos) return url;
  const auto host_end = url.find('/', start + 3);
  const auto at = url.substr(0, host_end).rfind('@');
  return at == std::string::npos ? url : url.substr(0, start + 3) + url.substr(at + 1);
}

struct Http::Handle {
  CURL* curl = curl_easy_init();
  Transfer transfer;
  Handle() = default;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { curl_easy_cleanup(curl); }
};

Http::Http(const Settings& settings) : settings_(settings), handle_(std::make_unique<Handle>()) {}
Http::~Http() = default;

Result<long> Http::head(const std::string& path) {
  auto* curl = handle_->curl;
  curl_easy_reset(curl);
  handle_->transfer = {curl, nullptr, nullptr, false};
  curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  return perform(path);
}

Result<long> Http::get(const std::string& path, const Sink& sink) {
  auto* curl = handle_->curl;
  curl_easy_reset(curl);
  handle_->transfer = {curl, &sink, nullptr, false};
  curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "zstd");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  return perform(path);
}

Result<long> Http::put(const std::string& path, const std::filesystem::path& file,
                       const std::vector<std::string>& headers) {
  const auto close = [](std::FILE* stream) { static_cast<void>(std::fclose(stream)); };  // It was only read.
  const std::unique_ptr<std::FILE, decltype(close)> body(std::fopen(file.c_str(), "rbe"), close);
  std::error_code error;
  const auto bytes = std::filesystem::file_size(file, error);
  if (!body || error) return errno_error(body ? error.value() : errno, "cannot read", file);
  auto* curl = handle_->curl;
  curl_easy_reset(curl);
  handle_->transfer = {curl, nullptr, body.get(), false};
  curl_slist* list = curl_slist_append(nullptr, "Expect:");  // Costs a second where a server ignores it.
  list = curl_slist_append(list, "Content-Type: application/octet-stream");
  for (const auto& header : headers) list = curl_slist_append(list, header.c_str());
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> owned(list, &curl_slist_free_all);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(bytes));
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
  curl_easy_setopt(curl, CURLOPT_READDATA, &handle_->transfer);
  curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, on_seek);
  curl_easy_setopt(curl, CURLOPT_SEEKDATA, &handle_->transfer);
  return perform(path);
}

Result<long> Http::perform(const std::string& path) {
  auto* curl = handle_->curl;
  const auto timeout = static_cast<long>(std::ceil(settings_.timeout_s));
  curl_easy_setopt(curl, CURLOPT_URL, (settings_.url + "/" + path).c_str());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "mtc/" MTC_VERSION);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR,
                   settings_.url.starts_with("https") ? "https" : "http,https");
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, kMostRedirects);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, timeout);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, timeout);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &handle_->transfer);
  if (!settings_.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, settings_.ca_file.c_str());
  if (settings_.token.empty()) {
    curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_OPTIONAL));
    if (const char* file = std::getenv("NETRC"); file != nullptr)
      curl_easy_setopt(curl, CURLOPT_NETRC_FILE, file);
  } else {
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, settings_.token.c_str());
  }
  const CURLcode code = curl_easy_perform(curl);
  if (code == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
  }
  const std::string where = public_url(settings_.url);
  if (handle_->transfer.refused)
    return Error{Code::out_of_range, "the answer is longer than it may be", where, ""};
  const Code kind = code_of(code);
  const bool again = kind == Code::unavailable || kind == Code::deadline_exceeded || kind == Code::aborted;
  return Error{kind, fmt::format("the remote cache does not answer: {}", curl_easy_strerror(code)), where,
               hint_for(kind), again};
}

}  // namespace mtc::cache_http
