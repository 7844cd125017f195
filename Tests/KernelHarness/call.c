#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "instruction_set.h"

uint64_t random_bits(Random *random) {
  uint64_t z = random->state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

int64_t random_between(Random *random, int64_t low, int64_t high) {
  return low + (int64_t)(random_bits(random) % (uint64_t)(high - low + 1));
}

bool random_chance(Random *random, int percent) { return random_between(random, 1, 100) <= percent; }

static Array *add_array(Array *array, int dtype, int64_t rank, const int64_t *dims) {
  *array = (Array){.dtype = dtype, .rank = rank, .content = NUMBERS};
  memcpy(array->dims, dims, (size_t)rank * sizeof *dims);
  return array;
}

Array *add_argument(Call *call, int dtype, int64_t rank, const int64_t *dims) {
  return add_array(&call->arguments[call->argument_count++], dtype, rank, dims);
}

Array *add_result(Call *call, int dtype, int64_t rank, const int64_t *dims) {
  return add_array(&call->results[call->result_count++], dtype, rank, dims);
}

void add_integer(Call *call, const char *name, int64_t value) {
  call->attributes[call->attribute_count++] = (Attribute){.name = name, .kind = INTEGER, .count = 1, .integers = {value}};
}

void add_real(Call *call, const char *name, double value) {
  call->attributes[call->attribute_count++] = (Attribute){.name = name, .kind = REAL, .real = value};
}

void add_integers(Call *call, const char *name, int64_t count, const int64_t *values) {
  Attribute *attribute = &call->attributes[call->attribute_count++];
  *attribute = (Attribute){.name = name, .kind = INTEGERS, .count = count};
  memcpy(attribute->integers, values, (size_t)count * sizeof *values);
}

static void spoil_array(Random *random, Array *array) {
  static const int types[] = {XLA_FFI_DataType_S32, XLA_FFI_DataType_S64, XLA_FFI_DataType_U8,
    XLA_FFI_DataType_F32, XLA_FFI_DataType_F64, XLA_FFI_DataType_BF16};
  int64_t axis = array->rank > 0 ? random_between(random, 0, array->rank - 1) : 0;
  switch (random_between(random, 0, 3)) {
    case 0: array->dtype = types[random_between(random, 0, 5)]; break;
    case 1: array->dims[axis] = random_between(random, 0, array->dims[axis] + 1); break;
    case 2: if (array->rank > 0) array->rank--; break;
    default: if (array->rank < MOST_AXES) array->dims[array->rank++] = random_between(random, 0, 3); break;
  }
}

void spoil(Random *random, Call *call) {
  switch (random_between(random, 0, 5)) {
    case 0: call->argument_count--; break;
    case 1: call->result_count--; break;
    case 2:
      if (call->attribute_count > 0) {
        Attribute *attribute = &call->attributes[random_between(random, 0, call->attribute_count - 1)];
        if (random_chance(random, 50)) {
          attribute->integers[random_between(random, 0, MOST_ENTRIES - 1)] = random_between(random, -2, 5);
        } else {
          *attribute = call->attributes[--call->attribute_count];
        }
        break;
      }
    // Fall through.
    case 3: spoil_array(random, &call->results[random_between(random, 0, call->result_count - 1)]); break;
    default: spoil_array(random, &call->arguments[random_between(random, 0, call->argument_count - 1)]); break;
  }
}

static size_t width(int dtype) {
  switch (dtype) {
    case XLA_FFI_DataType_U8: return 1;
    case XLA_FFI_DataType_BF16: return 2;
    case XLA_FFI_DataType_S64: case XLA_FFI_DataType_U64: case XLA_FFI_DataType_F64: return 8;
    default: return 4;
  }
}

static size_t count_of(const Array *array) {
  size_t count = 1;
  for (int64_t axis = 0; axis < array->rank; axis++) count *= (size_t)array->dims[axis];
  return count;
}

static size_t bytes_of(const Array *array) { return count_of(array) * width(array->dtype); }

// A block of exactly so many bytes, aligned as XLA's; not NULL.
static void *block(size_t size) {
  void *start;
  if (posix_memalign(&start, 64, size) != 0) abort();
  return start;
}

static double number(Random *random, const Array *array, size_t index, bool is_wild) {
  static const double wild[] = {NAN, INFINITY, -INFINITY, 1e30, -1e30, 1e-40, 0.0, -0.0};
  if (is_wild && random_chance(random, 5)) return wild[random_between(random, 0, 7)];
  double value = (double)(random_bits(random) >> 11) * 0x1p-53;
  size_t columns = array->rank > 0 && array->dims[array->rank - 1] > 0 ? (size_t)array->dims[array->rank - 1] : 1;
  switch (array->content) {
    case POSITIVE: return value;
    case DEFINITE: return value + (index / columns % columns == index % columns ? (double)columns : 0);
    case PADDED: {
      // As many of each row as the row's number says.
      size_t row = index / columns;
      return index % columns < row * 7919 % (columns + 1) ? 2 * value - 1 : 0;
    }
    default: return 2 * value - 1;
  }
}

static void *fill(Random *random, const Array *array, bool is_wild) {
  char *data = block(bytes_of(array));
  size_t count = count_of(array);
  for (size_t i = 0; i < count; i++) {
    double value = number(random, array, i, is_wild);
    char *place = data + i * width(array->dtype);
    int64_t whole = array->content == PLACES && array->bound > 0 ? random_between(random, 0, array->bound - 1) : 0;
    // Kernels take places outside modulo the bound.
    if (array->content == PLACES && random_chance(random, 2)) whole = random_between(random, INT32_MIN, INT32_MAX);
    int32_t whole32 = (int32_t)whole;
    float single = (float)value;
    uint64_t bits = array->dtype == XLA_FFI_DataType_U64 ? random_bits(random) : 0;
    switch (array->dtype) {
      case XLA_FFI_DataType_U8: *place = (char)random_bits(random); break;
      case XLA_FFI_DataType_S32: memcpy(place, &whole32, sizeof whole32); break;
      case XLA_FFI_DataType_S64: memcpy(place, &whole, sizeof whole); break;
      case XLA_FFI_DataType_U64: memcpy(place, &bits, sizeof bits); break;
      case XLA_FFI_DataType_F64: memcpy(place, &value, sizeof value); break;
      case XLA_FFI_DataType_F32: memcpy(place, &single, sizeof single); break;
      case XLA_FFI_DataType_BF16: memcpy(place, (char *)&single + 2, 2); break;
    }
  }
  return data;
}

double element(int dtype, const void *data, int64_t index) {
  if (dtype == XLA_FFI_DataType_F64) return ((const double *)data)[index];
  if (dtype == XLA_FFI_DataType_U32) return ((const uint32_t *)data)[index];
  if (dtype == XLA_FFI_DataType_U64) return (double)((const uint64_t *)data)[index];
  float value = 0;
  if (dtype == XLA_FFI_DataType_F32) memcpy(&value, (const char *)data + 4 * index, 4);
  // The upper half of a single.
  if (dtype == XLA_FFI_DataType_BF16) memcpy((char *)&value + 2, (const char *)data + 2 * index, 2);
  return value;
}

// The memory of a call, with the frame that tells a kernel of it.
typedef struct {
  XLA_FFI_Buffer buffers[2 * MOST_ARRAYS];
  int64_t dims[2 * MOST_ARRAYS][MOST_AXES];
  void *arguments[MOST_ARRAYS], *results[MOST_ARRAYS];
  int types[MOST_ATTRIBUTES];
  XLA_FFI_ByteSpan spans[MOST_ATTRIBUTES], *names[MOST_ATTRIBUTES];
  XLA_FFI_Scalar scalars[MOST_ATTRIBUTES];
  XLA_FFI_Array lists[MOST_ATTRIBUTES];
  void *attributes[MOST_ATTRIBUTES];
  XLA_FFI_ExecutionContext context;
  XLA_FFI_CallFrame frame;
} Memory;

static void add_buffer(Memory *memory, int place, const Array *array, void *data) {
  memcpy(memory->dims[place], array->dims, sizeof array->dims);
  memory->buffers[place] = (XLA_FFI_Buffer){
    .struct_size = sizeof(XLA_FFI_Buffer), .dtype = array->dtype, .data = data, .rank = array->rank,
    .dims = memory->dims[place]};
}

static void begin(Random *random, const Call *call, Memory *memory) {
  memset(memory, 0, sizeof *memory);
  for (int i = 0; i < call->argument_count; i++) {
    add_buffer(memory, i, &call->arguments[i], fill(random, &call->arguments[i], call->is_wild));
    memory->arguments[i] = &memory->buffers[i];
  }
  for (int i = 0; i < call->result_count; i++) {
    add_buffer(memory, MOST_ARRAYS + i, &call->results[i], block(bytes_of(&call->results[i])));
    memory->results[i] = &memory->buffers[MOST_ARRAYS + i];
  }
  for (int i = 0; i < call->attribute_count; i++) {
    const Attribute *attribute = &call->attributes[i];
    bool is_list = attribute->kind == INTEGERS;
    memory->types[i] = is_list ? XLA_FFI_AttrType_ARRAY : XLA_FFI_AttrType_SCALAR;
    memory->spans[i] = (XLA_FFI_ByteSpan){attribute->name, strlen(attribute->name)};
    memory->names[i] = &memory->spans[i];
    memory->lists[i] = (XLA_FFI_Array){XLA_FFI_DataType_S64, (size_t)attribute->count, (void *)attribute->integers};
    memory->scalars[i] = attribute->kind == REAL
      ? (XLA_FFI_Scalar){XLA_FFI_DataType_F64, (void *)&attribute->real}
      : (XLA_FFI_Scalar){XLA_FFI_DataType_S64, (void *)attribute->integers};
    memory->attributes[i] = is_list ? (void *)&memory->lists[i] : (void *)&memory->scalars[i];
  }
  memory->context = (XLA_FFI_ExecutionContext){call->threads, call->refuses};
  memory->frame = (XLA_FFI_CallFrame){
    .struct_size = sizeof(XLA_FFI_CallFrame), .api = &pool_api, .ctx = &memory->context,
    .stage = XLA_FFI_ExecutionStage_EXECUTE,
    .args = {.struct_size = sizeof(XLA_FFI_Args), .size = call->argument_count, .args = memory->arguments},
    .rets = {.struct_size = sizeof(XLA_FFI_Rets), .size = call->result_count, .rets = memory->results},
    .attrs = {.struct_size = sizeof(XLA_FFI_Attrs), .size = call->attribute_count, .types = memory->types,
              .names = memory->names, .attrs = memory->attributes}};
}

static void end(const Call *call, Memory *memory) {
  for (int i = 0; i < call->argument_count; i++) free(memory->buffers[i].data);
  for (int i = 0; i < call->result_count; i++) free(memory->buffers[MOST_ARRAYS + i].data);
}

static uint64_t checksum(const Call *call, const Memory *memory) {
  uint64_t sum = 14695981039346656037u;
  for (int i = 0; i < call->argument_count; i++) {
    const unsigned char *bytes = memory->buffers[i].data;
    for (size_t j = 0; j < bytes_of(&call->arguments[i]); j++) sum = (sum ^ bytes[j]) * 1099511628211u;
  }
  return sum;
}

static XLA_FFI_Error *run(const Call *call, Memory *memory, void *handler, int filling) {
  for (int i = 0; i < call->result_count; i++) {
    memset(memory->buffers[MOST_ARRAYS + i].data, filling, bytes_of(&call->results[i]));
  }
  return ((XLA_FFI_Error * (*)(XLA_FFI_CallFrame *)) handler)(&memory->frame);
}

static Outcome fail(const Call *call, const char *target, const char *what) {
  describe(call, target);
  fprintf(stderr, "%s\n", what);
  return FAILED;
}

// The results of a second call are the first one's.
static Outcome repeat(const Call *call, Memory *memory, void *handler, const char *target) {
  char *first[MOST_ARRAYS];
  for (int i = 0; i < call->result_count; i++) {
    size_t size = bytes_of(&call->results[i]);
    first[i] = block(size);
    memcpy(first[i], memory->buffers[MOST_ARRAYS + i].data, size);
  }
  Outcome outcome = ACCEPTED;
  XLA_FFI_Error *error = run(call, memory, handler, 0x5a);
  if (error != NULL) outcome = fail(call, target, "the second call was refused");
  free(error);
  for (int i = 0; i < call->result_count; i++) {
    size_t size = bytes_of(&call->results[i]);
    if (outcome == ACCEPTED && memcmp(first[i], memory->buffers[MOST_ARRAYS + i].data, size) != 0) {
      outcome = fail(call, target, "the second call's results are others: a result isn't written, or depends on chance");
    }
    free(first[i]);
  }
  return outcome;
}

// Whether the results are what plain loops give.
static bool is_right(const Call *call, const Memory *memory, const Maker *maker) {
  void *arguments[MOST_ARRAYS], *results[MOST_ARRAYS];
  for (int i = 0; i < call->argument_count; i++) arguments[i] = memory->buffers[i].data;
  for (int i = 0; i < call->result_count; i++) results[i] = memory->buffers[MOST_ARRAYS + i].data;
  return maker->is_right(call, arguments, results);
}

bool compares_forms;

// The greatest of an array's absolute values.
static double largest(int dtype, const void *data, size_t count) {
  double result = 0;
  for (size_t i = 0; i < count; i++) result = fmax(result, fabs(element(dtype, data, (int64_t)i)));
  return result;
}

// Whether two results are the same up to rounding. Where a pixel is outside of an image for one set it may be inside for another,
// so that one element in a thousand may differ.
static bool are_close(const Array *array, const void *first, const void *second) {
  size_t count = count_of(array), others = 0;
  double unit = array->dtype == XLA_FFI_DataType_BF16 ? 1.0 / 64 : array->dtype == XLA_FFI_DataType_F32 ? 2e-5 : 1e-10;
  double bound = unit * largest(array->dtype, first, count);
  for (size_t i = 0; i < count; i++) {
    double a = element(array->dtype, first, (int64_t)i), b = element(array->dtype, second, (int64_t)i);
    others += !(fabs(a - b) <= bound) && !(isnan(a) && isnan(b));
  }
  return others <= count / 1000;
}

// Makes an accepted call again with every lesser instruction set: the results are right, or close to the first ones.
static Outcome compare_forms(const Call *call, Memory *memory, void *handler, const Maker *maker) {
  TanrenInstructionSet best = tanren_instruction_set();
  char *first[MOST_ARRAYS];
  for (int i = 0; i < call->result_count; i++) {
    first[i] = block(bytes_of(&call->results[i]));
    memcpy(first[i], memory->buffers[MOST_ARRAYS + i].data, bytes_of(&call->results[i]));
  }
  Outcome outcome = ACCEPTED;
  for (TanrenInstructionSet set = TANREN_BASELINE; set < best && outcome == ACCEPTED; set++) {
    tanren_use_instruction_set(set);
    XLA_FFI_Error *error = run(call, memory, handler, 0x5a);
    bool is_same = error == NULL && (maker->is_right == NULL || is_right(call, memory, maker));
    for (int i = 0; i < call->result_count && is_same && maker->is_right == NULL; i++) {
      is_same = are_close(&call->results[i], first[i], memory->buffers[MOST_ARRAYS + i].data);
    }
    free(error);
    if (!is_same) {
      fprintf(stderr, "with the instruction set %s: ", tanren_instruction_set_name(set));
      outcome = fail(call, maker->target, "the results aren't those of the best set");
    }
  }
  tanren_use_instruction_set(best);
  for (int i = 0; i < call->result_count; i++) free(first[i]);
  return outcome;
}

Outcome make_call(Random *random, const Call *call, void *handler, const Maker *maker, bool may_refuse) {
  const char *target = maker->target;
  Memory memory;
  begin(random, call, &memory);
  uint64_t before = checksum(call, &memory);
  XLA_FFI_Error *error = run(call, &memory, handler, 0xa5);
  Outcome outcome = error == NULL ? ACCEPTED : REFUSED;
  // oneDNN has no code for some geometries.
  if (error != NULL && !may_refuse && error->code != XLA_FFI_Error_Code_UNIMPLEMENTED) {
    outcome = fail(call, target, error->message);
  }
  free(error);
  if (outcome == ACCEPTED && maker->is_right != NULL && !may_refuse && !call->is_wild && !is_right(call, &memory, maker)) {
    outcome = fail(call, target, "the results are wrong");
  }
  if (outcome == ACCEPTED) outcome = repeat(call, &memory, handler, target);
  if (outcome == ACCEPTED && compares_forms && !may_refuse && !call->is_wild) {
    outcome = compare_forms(call, &memory, handler, maker);
  }
  if (outcome != FAILED && checksum(call, &memory) != before) outcome = fail(call, target, "an argument was changed");
  end(call, &memory);
  return outcome;
}
