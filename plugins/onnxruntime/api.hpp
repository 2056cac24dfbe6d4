// SPDX-License-Identifier: Apache-2.0
//
// The entries of ONNX Runtime's C API that mtc uses, declared from the facts of its public header
// (include/onnxruntime/core/session/onnxruntime_c_api.h): the API is a table of function pointers whose order
// never changes, and each version only appends. The last entry used here, AddSessionConfigEntry, came with
// version 5.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mtc::onnxruntime {

/// Lowest version of the API that has every entry below.
inline constexpr std::uint32_t kApiVersion = 5;

// Objects of the library; only pointers to them are used.
struct Allocator;
struct Env;
struct MemoryInfo;
struct ModelMetadata;
struct RunOptions;
struct RuntimeSession;
struct SessionConfig;
struct Status;
struct TensorInfo;
struct TypeInfo;
struct Value;

// Values of the enumerations that are passed or read.
inline constexpr int kLogWarning = 2;      // OrtLoggingLevel
inline constexpr int kArenaAllocator = 1;  // OrtAllocatorType
inline constexpr int kMemoryDefault = 0;   // OrtMemType

/// OrtApi. `unused_N` stands for the entries from index N on that are not called.
struct Api {
  using Entry = void (*)();

  Entry unused_0[1];
  int (*get_error_code)(const Status*);
  const char* (*get_error_message)(const Status*);
  Status* (*create_env)(int log_level, const char* log_id, Env** out);
  Entry unused_4[3];
  Status* (*create_session)(const Env*, const char* path, const SessionConfig*, RuntimeSession** out);
  Status* (*create_session_from_array)(const Env*, const void* data, std::size_t bytes, const SessionConfig*,
                                       RuntimeSession** out);
  Status* (*run)(RuntimeSession*, const RunOptions*, const char* const* input_names,
                 const Value* const* inputs, std::size_t input_count, const char* const* output_names,
                 std::size_t output_count, Value** outputs);
  Status* (*create_session_options)(SessionConfig** out);
  Entry unused_11[13];
  Status* (*set_intra_op_threads)(SessionConfig*, int threads);
  Status* (*set_inter_op_threads)(SessionConfig*, int threads);
  Entry unused_26[4];
  Status* (*input_count)(const RuntimeSession*, std::size_t* out);
  Status* (*output_count)(const RuntimeSession*, std::size_t* out);
  Entry unused_32[1];
  Status* (*input_type)(const RuntimeSession*, std::size_t index, TypeInfo** out);
  Status* (*output_type)(const RuntimeSession*, std::size_t index, TypeInfo** out);
  Entry unused_35[1];
  Status* (*input_name)(const RuntimeSession*, std::size_t index, Allocator*, char** out);
  Status* (*output_name)(const RuntimeSession*, std::size_t index, Allocator*, char** out);
  Entry unused_38[1];
  Status* (*create_run_options)(RunOptions** out);
  Entry unused_40[6];
  Status* (*set_terminate)(RunOptions*);
  Status* (*unset_terminate)(RunOptions*);
  Entry unused_48[1];
  Status* (*create_tensor)(const MemoryInfo*, void* data, std::size_t bytes, const std::int64_t* shape,
                           std::size_t rank, int type, Value** out);
  Entry unused_50[1];
  Status* (*tensor_data)(Value*, void** out);
  Entry unused_52[3];
  Status* (*tensor_info_of_type)(const TypeInfo*, const TensorInfo** out);  // null for what is no tensor
  Entry unused_56[4];
  Status* (*element_type)(const TensorInfo*, int* out);
  Status* (*dimension_count)(const TensorInfo*, std::size_t* out);
  Status* (*dimensions)(const TensorInfo*, std::int64_t* out, std::size_t count);
  Status* (*symbolic_dimensions)(const TensorInfo*, const char** out, std::size_t count);
  Entry unused_64[1];
  Status* (*tensor_info_of_value)(const Value*, TensorInfo** out);
  Entry unused_66[3];
  Status* (*create_cpu_memory_info)(int allocator_type, int memory_type, MemoryInfo** out);
  Entry unused_70[6];
  Status* (*allocator_free)(Allocator*, void* memory);
  Entry unused_77[1];
  Status* (*default_allocator)(Allocator** out);
  Entry unused_79[13];
  void (*release_env)(Env*);
  void (*release_status)(Status*);
  void (*release_memory_info)(MemoryInfo*);
  void (*release_session)(RuntimeSession*);
  void (*release_value)(Value*);
  void (*release_run_options)(RunOptions*);
  void (*release_type_info)(TypeInfo*);
  void (*release_tensor_info)(TensorInfo*);
  void (*release_session_options)(SessionConfig*);
  Entry unused_101[10];
  Status* (*model_metadata)(const RuntimeSession*, ModelMetadata** out);
  Entry unused_112[4];
  Status* (*lookup_metadata)(const ModelMetadata*, Allocator*, const char* key,
                             char** out);  // null: no such key
  Entry unused_117[1];
  void (*release_model_metadata)(ModelMetadata*);
  Entry unused_119[11];
  Status* (*add_session_config_entry)(SessionConfig*, const char* key, const char* value);
};

/// OrtApiBase, what the library's only needed symbol, OrtGetApiBase, returns.
struct ApiBase {
  const Api* (*get_api)(std::uint32_t version);
  const char* (*version)();
};
inline constexpr const char* kApiBaseSymbol = "OrtGetApiBase";

/// Index of an entry in the table.
#define MTC_ORT_AT(member, index) static_assert(offsetof(Api, member) == (index) * sizeof(void*))
MTC_ORT_AT(get_error_code, 1);
MTC_ORT_AT(create_env, 3);
MTC_ORT_AT(create_session, 7);
MTC_ORT_AT(create_session_from_array, 8);
MTC_ORT_AT(run, 9);
MTC_ORT_AT(create_session_options, 10);
MTC_ORT_AT(set_intra_op_threads, 24);
MTC_ORT_AT(input_count, 30);
MTC_ORT_AT(input_type, 33);
MTC_ORT_AT(input_name, 36);
MTC_ORT_AT(create_run_options, 39);
MTC_ORT_AT(set_terminate, 46);
MTC_ORT_AT(create_tensor, 49);
MTC_ORT_AT(tensor_data, 51);
MTC_ORT_AT(tensor_info_of_type, 55);
MTC_ORT_AT(element_type, 60);
MTC_ORT_AT(symbolic_dimensions, 63);
MTC_ORT_AT(tensor_info_of_value, 65);
MTC_ORT_AT(create_cpu_memory_info, 69);
MTC_ORT_AT(allocator_free, 76);
MTC_ORT_AT(default_allocator, 78);
MTC_ORT_AT(release_env, 92);
MTC_ORT_AT(release_session_options, 100);
MTC_ORT_AT(model_metadata, 111);
MTC_ORT_AT(lookup_metadata, 116);
MTC_ORT_AT(release_model_metadata, 118);
MTC_ORT_AT(add_session_config_entry, 130);
#undef MTC_ORT_AT

}  // namespace mtc::onnxruntime
