// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/nginx.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace mtc::test {
namespace {

constexpr const char* kProgram = "/usr/sbin/nginx";

/// A socket that listens on a free port of 127.0.0.1.
Fd listen_somewhere(std::string& port) {
  Fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);  // NOLINT: how sockets are used
  EXPECT_EQ(::bind(listener.get(), generic, size), 0);
  EXPECT_EQ(::listen(listener.get(), 64), 0);
  EXPECT_EQ(::getsockname(listener.get(), generic, &size), 0);
  port = std::to_string(ntohs(address.sin_port));
  return listener;
}

std::string configuration(const std::string& folder, const std::string& port, const Nginx::Options& options) {
  const std::string user = ::geteuid() == 0 ? "user root;\n" : "";
  const std::string tls =
      options.tls
          ? fmt::format("ssl_certificate {0}/certificate.pem; ssl_certificate_key {0}/key.pem;\n", folder)
          : "";
  const std::string check =
      options.authorization.empty()
          ? ""
          : fmt::format("if ($http_authorization != \"{}\") {{ return 401; }}\n", options.authorization);
  const std::string dav =
      options.read_only
          ? ""
          : "dav_methods PUT DELETE; create_full_put_path on; dav_access user:rw group:r all:r;";
  return fmt::format(R"({0}worker_processes 1; pid {1}/nginx.pid; error_log {1}/error.log;
events {{ worker_connections 64; }}
http {{
  log_format short "$request_method $uri $status"; access_log {1}/access.log short;
  client_max_body_size 0; client_body_temp_path {1}/tmp; proxy_temp_path {1}/tmp/p; fastcgi_temp_path {1}/tmp/f;
  uwsgi_temp_path {1}/tmp/u; scgi_temp_path {1}/tmp/s;
  server {{
    listen 127.0.0.1:{2}{3}; root {1}/root;
    {4}{5}
    location ~ "^/(ac|cas)/[0-9a-f]{{64}}$" {{ {6} default_type application/octet-stream; }}
    location / {{ return 404; }}
  }}
}}
)",
                     user, folder, port, options.tls ? " ssl" : "", tls, check, dav);
}

void make_certificate(const std::filesystem::path& folder) {
  const std::string command =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test "
      "-addext subjectAltName=IP:127.0.0.1 -keyout " +
      (folder / "key.pem").string() + " -out " + (folder / "certificate.pem").string() + " 2>/dev/null";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
}

}  // namespace

bool Nginx::installed() { return ::access(kProgram, X_OK) == 0; }

Nginx::Nginx(const Options& options) : tls_(options.tls) {
  for (const char* name : {"root/ac", "root/cas", "tmp"}) std::filesystem::create_directories(folder_ / name);
  if (tls_) make_certificate(folder_.path());
  // nginx inherits the listening socket (its variable NGINX names it), so that no port is lost to others and
  // connections wait for it from here on.
  const Fd listener = listen_somewhere(port_);
  const auto file = folder_.write("nginx.conf", configuration(folder_.path().string(), port_, options));
  const Fd output(::open((folder_ / "output").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  Command command;
  command.argv = {kProgram,      "-p", folder_.path().string(),          "-c",
                  file.string(), "-e", (folder_ / "error.log").string(), "-g",
                  "daemon off;"};
  command.environment = {{"NGINX", "3;"}};
  command.descriptors = {{listener.get(), 3}};
  command.output = output.get();
  auto started = start(command);
  if (!started) {
    ADD_FAILURE() << started.error().message;
    return;
  }
  child_ = *std::move(started);
}

std::vector<std::filesystem::path> Nginx::files(const std::string& part) const {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "root" / part))
    files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

}  // namespace mtc::test
