"""What can go wrong with a job besides its own work."""

from core.errors import Conflict, HotlineError, NotFound, StartRefused


class LeaseLost(Conflict):
    """Another process has taken this job over; whatever this one wanted to write is dropped."""

    code = "lease_lost"
    message = "任务 {job_id} 已由其他进程接手"


class JobFinishedTwice(HotlineError):
    """A job function called `finish` a second time: a mistake in it."""

    code = "job_finished_twice"
    message = "任务 {job_id} 重复提交了结果"


class ServiceMissing(HotlineError):
    """This process does not run the service a job asked for."""

    code = "service_missing"
    message = "本进程没有提供 {service}"


class JobNotFound(NotFound):
    """No dead job has this id."""

    code = "job_not_found"
    message = "没有这条失败任务"


class BrokerUnreachable(StartRefused):
    """The configured broker does not answer."""

    code = "broker_unreachable"
    message = "无法连接消息队列 {url}：{reason}"
