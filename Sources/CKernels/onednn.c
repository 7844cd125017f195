#include "onednn.h"

#include <dlfcn.h>
#include <stdio.h>

#include "kernels.h"
#include "library.h"
#include "xla_ffi.h"

static TanrenDNNL library;
static const TanrenDNNL *_Atomic loaded;

const TanrenDNNL *tanren_dnnl(void) { return loaded; }

int tanren_dnnl_type(int dtype) {
  return dtype == XLA_FFI_DataType_F32 ? dnnl_f32 : dtype == XLA_FFI_DataType_BF16 ? dnnl_bf16 : 0;
}

static bool find_functions(void *handle, const char *path, char *message, size_t capacity) {
#define X(result, name, parameters)                                 \
  *(void **)&library.name = dlsym(handle, #name);                   \
  if (library.name == NULL) {                                       \
    snprintf(message, capacity, "%s has no function " #name, path); \
    return false;                                                   \
  }
  TANREN_DNNL_FUNCTIONS(X)
#undef X
  if (library.dnnl_version()->major != 3) {
    snprintf(message, capacity, "%s has version %d instead of 3", path, library.dnnl_version()->major);
    return false;
  }
  if (library.dnnl_engine_create(&library.engine, dnnl_cpu, 0) != dnnl_success) {
    snprintf(message, capacity, "%s finds no processor", path);
    return false;
  }
  // OpenMP is among the libraries that the file needs.
  *(void **)&library.omp_set_num_threads = dlsym(handle, "omp_set_num_threads");
  *(void **)&library.omp_get_max_threads = dlsym(handle, "omp_get_max_threads");
  // Primitives are kept here, with the memory they work in.
  library.dnnl_set_primitive_cache_capacity(0);
  loaded = &library;
  return true;
}

// OpenMP's threads would otherwise wait for work by turning in circles, beside XLA's.
static TanrenLoader loader = {
  PTHREAD_MUTEX_INITIALIZER, "OMP_WAIT_POLICY", "passive", {"ONEDNN_MAX_CPU_ISA", "SSE41", "AVX2"}, find_functions, NULL};

bool tanren_load_onednn(const char *path, TanrenOneDNN *found, char *message, size_t capacity) {
  if (!tanren_load_library(&loader, path, message, capacity)) return false;
  int instructions = library.dnnl_get_effective_cpu_isa();
  found->major = library.dnnl_version()->major;
  found->minor = library.dnnl_version()->minor;
  found->has_bfloat16 = (instructions & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core;
  found->has_fast_bfloat16 = (instructions & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16;
  return true;
}
