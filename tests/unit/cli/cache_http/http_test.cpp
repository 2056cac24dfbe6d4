// SPDX-License-Identifier: Apache-2.0
#include "cli/cache_http/http.hpp"

#include <gtest/gtest.h>

#include "tests/support/cache_server.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::cache_http {
namespace {

TEST(Http, MessagesLeaveOutPasswords) {
  EXPECT_EQ(public_url("https://me:secret@host:8/x"), "https://host:8/x");
  EXPECT_EQ(public_url("https://host/x@y"), "https://host/x@y");
  EXPECT_EQ(public_url("http://host"), "http://host");
}

TEST(Http, TakesUserAndPasswordFromNetrc) {
  const test::TempDir folder;
  ::setenv("NETRC", folder.write("netrc", "machine 127.0.0.1 login user password pass\n").c_str(), 1);
  test::CacheServer server;
  Settings settings;
  settings.url = server.url();
  ASSERT_TRUE(Http(settings).head("cas/x"));
  ::unsetenv("NETRC");
  EXPECT_EQ(server.recorded().at(0).headers.at("authorization"),
            "Basic dXNlcjpwYXNz");  // base64 of user:pass
}

TEST(Http, ATokenIsNotSentToAnotherHost) {
  test::CacheServer other;
  test::CacheServer server;
  server.set_fault([&](const test::HttpRequest&, const test::HttpReply&) {
    return test::HttpReply{302, {{"Location", other.url() + "/cas/x"}}};
  });
  Settings settings;
  settings.url = server.url();
  settings.token = "secret";
  const auto status = Http(settings).get("cas/x", [](std::string_view) { return true; });
  ASSERT_TRUE(status);
  EXPECT_EQ(*status, 404);
  EXPECT_EQ(server.recorded().at(0).headers.at("authorization"), "Bearer secret");
  EXPECT_FALSE(other.recorded().at(0).headers.contains("authorization"));
}

}  // namespace
}  // namespace mtc::cache_http
