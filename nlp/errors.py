"""What goes wrong with models, topic trees and tokenizers."""

from core.errors import Conflict, HotlineError, NotFound


class TokenizerMissing(HotlineError):
    """The library that cuts words is not installed."""

    code = "tokenizer_missing"
    message = "分词组件 {library} 未安装"


class TaxonomyFaulty(HotlineError):
    """A topic tree that cannot be read; `reason` names the file and the rule."""

    code = "taxonomy_faulty"
    message = "诉求分类表有误：{reason}"


class ModelNotFound(NotFound):
    """There is no model in that folder."""

    code = "model_not_found"
    message = "没有找到分类模型 {folder}"


class ModelDamaged(Conflict):
    """The model's file is not the one its card was written for, or is not a model at all."""

    code = "model_damaged"
    message = "分类模型 {folder} 已损坏或被改动：{reason}"


class ModelExists(Conflict):
    """A model is never written over another."""

    code = "model_exists"
    message = "分类模型 {folder} 已存在，不能覆盖"
