using ComplianceTracker.Domain.Conditions;
using ComplianceTracker.Domain.Vocabulary;

namespace ComplianceTracker.Domain.Tests.Conditions;

/// <summary>Conditions of real obligations as the record writes them, with the types of the facts they read.</summary>
internal static class RealConditions
{
    private static readonly Dictionary<FactType, string[]> Types = new()
    {
        [FactType.StringSet] =
        [
            "activities",
            "does_business_in",
            "established_in",
            "fin.entity_type",
            "localities",
            "monitors_people_in",
            "offers_services_to",
            "operates_in",
            "roles",
            "sectors",
        ],
        [FactType.Bool] =
        [
            "ai.deploys_system",
            "ai.generates_synthetic_content",
            "ai.interacts_with_people",
            "ai.provides_gpai_model",
            "ai.provides_system",
            "au.age_restricted_social_media",
            "au.handles_health_or_credit",
            "automated_decision_making",
            "counterparty.covered_person",
            "cross_border_transfer",
            "eu.parent_outside_eu",
            "fin.eu_authorised",
            "for_profit",
            "important_internet_platform",
            "is_ciio",
            "issues_rmb_pegged_stablecoin",
            "minors_platform_significant",
            "processes.electronic_direct_marketing",
            "processes.high_risk_processing",
            "processes.large_scale_special_categories",
            "processes.not_occasional",
            "processes.personal_data",
            "processes.significant_automated_decisions",
            "product.connected",
            "product.digital_elements",
            "serves_individuals_in_cn",
            "us.cta_exempt",
            "us.foreign_entity_registered_in_state",
            "us.sba_small_business",
            "us.us_person",
            "us_ca.admt_significant_decisions",
            "us_ca.processes_sensitive",
            "us_ca.sells_or_shares",
            "us_ca.significant_security_risk",
            "us_il.collects_biometrics",
            "vn.network_service_provider",
        ],
        [FactType.Date] =
        [
            "ai.generative_system_placed_on",
            "ai.gpai_placed_on",
        ],
        [FactType.Double] =
        [
            "ai.training_flop",
            "au.annual_turnover_aud",
            "eu.annual_turnover_eur",
            "kr.ai_service_revenue_krw",
            "kr.total_revenue_krw",
            "size.annual_turnover_eur",
            "size.balance_sheet_eur",
            "us.annual_gross_revenue_usd",
            "us_ca.revenue_share_from_selling",
        ],
        [FactType.Int] =
        [
            "individuals_processed_cn",
            "kr.ai_daily_users",
            "size.employees",
            "us.bulk.human_genomic_persons",
            "us.bulk.human_omic_persons",
            "us_ca.consumers_bought_sold_shared",
        ],
    };

    public static FactIndex Index { get; } = FactIndex.Of(FactVocabulary.Empty.With(
        Types.SelectMany(type => type.Value.Select(name => KeyValuePair.Create(name, type.Key)))));

    public static string[] Texts { get; } =
        """
        !(established_in.covers("EU")) && (offers_services_to.covers("EU") || monitors_people_in.covers("EU")) && processes.personal_data && processes.not_occasional
        !(established_in.covers("KR")) && offers_services_to.covers("KR") && (ai.provides_system || ai.provides_gpai_model) && (kr.total_revenue_krw >= 1000000000000 || kr.ai_service_revenue_krw >= 10000000000 || kr.ai_daily_users >= 1000000)
        "generative-ai-public" in activities && (operates_in.covers("CN") || serves_individuals_in_cn)
        (!eu.parent_outside_eu && established_in.covers("EU") && size.employees > 3000 && size.annual_turnover_eur > 900000000 && (size.employees <= 5000 || size.annual_turnover_eur <= 1500000000)) || (eu.parent_outside_eu && eu.annual_turnover_eur > 900000000 && eu.annual_turnover_eur <= 1500000000)
        (operates_in.covers("CN") || serves_individuals_in_cn) && processes.personal_data && important_internet_platform
        (operates_in.covers("EU") || offers_services_to.covers("EU") || monitors_people_in.covers("EU")) && processes.personal_data && (size.employees >= 250 || processes.not_occasional || processes.high_risk_processing || processes.large_scale_special_categories)
        (operates_in.covers("EU") || offers_services_to.covers("EU")) && "stablecoin-issuer" in activities
        (operates_in.covers("EU") || offers_services_to.covers("EU")) && ai.provides_gpai_model && ai.gpai_placed_on < date("2025-08-02")
        (operates_in.covers("EU") || offers_services_to.covers("EU")) && ai.provides_gpai_model && ai.gpai_placed_on >= date("2025-08-02")
        (operates_in.covers("EU") || offers_services_to.covers("EU")) && ai.provides_system && ai.generates_synthetic_content && ai.generative_system_placed_on >= date("2026-08-02")
        (operates_in.covers("VN") || offers_services_to.covers("VN")) && (ai.provides_system || ai.deploys_system) && (ai.interacts_with_people || ai.generates_synthetic_content)
        (operates_in.covers("VN") || offers_services_to.covers("VN")) && vn.network_service_provider
        au.age_restricted_social_media
        does_business_in.covers("US-CA") && ai.training_flop > 1e+26
        does_business_in.covers("US-CA") && processes.personal_data && for_profit && (us.annual_gross_revenue_usd > 25000000 || us_ca.consumers_bought_sold_shared >= 100000 || us_ca.revenue_share_from_selling >= 0.5) && us_ca.sells_or_shares
        does_business_in.covers("US-CA") && processes.personal_data && for_profit && (us.annual_gross_revenue_usd > 26625000 || us_ca.consumers_bought_sold_shared >= 100000 || us_ca.revenue_share_from_selling >= 0.5)
        does_business_in.covers("US-CA") && processes.personal_data && for_profit && (us.annual_gross_revenue_usd > 26625000 || us_ca.consumers_bought_sold_shared >= 100000 || us_ca.revenue_share_from_selling >= 0.5) && (us_ca.sells_or_shares || us_ca.processes_sensitive || us_ca.admt_significant_decisions)
        does_business_in.covers("US-CA") && processes.personal_data && for_profit && (us.annual_gross_revenue_usd > 26625000 || us_ca.consumers_bought_sold_shared >= 100000 || us_ca.revenue_share_from_selling >= 0.5) && us_ca.significant_security_risk && us.annual_gross_revenue_usd >= 50000000 && us.annual_gross_revenue_usd <= 100000000
        does_business_in.covers("US-IL") && us_il.collects_biometrics
        does_business_in.covers("US-NY") && ai.training_flop > 1e+26 && us.annual_gross_revenue_usd > 500000000
        does_business_in.covers("US-TX") && processes.personal_data && !us.sba_small_business
        issues_rmb_pegged_stablecoin
        offers_services_to.covers("EU") && "oss-steward" in roles
        offers_services_to.covers("EU") && ("manufacturer" in roles || "importer" in roles || product.digital_elements || ai.provides_system)
        offers_services_to.covers("EU") && processes.electronic_direct_marketing
        offers_services_to.covers("EU") && product.connected && (size.employees >= 50 || (size.annual_turnover_eur > 10000000 && size.balance_sheet_eur > 10000000))
        operates_in.covers("AU") && (au.annual_turnover_aud > 3000000 || au.handles_health_or_credit) && processes.significant_automated_decisions
        operates_in.covers("CN") && "app-operator" in activities && processes.personal_data
        operates_in.covers("CN") && "facial-recognition-deployment" in activities
        operates_in.covers("CN") && "network-platform" in activities && minors_platform_significant
        operates_in.covers("CN") && "payment-service" in activities && processes.personal_data && (is_ciio || individuals_processed_cn >= 1000000)
        operates_in.covers("CN") && ("crypto-mining" in activities || "crypto-mining-hosting" in activities)
        operates_in.covers("CN") && ("fund-sales" in activities || "fund-investment-advice" in activities)
        operates_in.covers("CN") && processes.personal_data && is_ciio
        operates_in.covers("CN-GD") && "Shenzhen" in localities && automated_decision_making
        operates_in.covers("CN-SH") && "Shanghai-Lingang" in localities && cross_border_transfer
        operates_in.covers("EU") && ("energy" in sectors || "transport" in sectors || "banking" in sectors || "financial-market-infrastructure" in sectors || "health" in sectors || "drinking-water" in sectors || "waste-water" in sectors || "digital-infrastructure" in sectors || "ict-service-management" in sectors || "space" in sectors || "postal" in sectors || "waste-management" in sectors || "chemicals" in sectors || "food" in sectors || "manufacturing-nis2" in sectors || "digital-providers" in sectors || "research" in sectors || "public-administration" in sectors) && (size.employees >= 50 || (size.annual_turnover_eur > 10000000 && size.balance_sheet_eur > 10000000)) && !(fin.eu_authorised && ("credit-institution" in fin.entity_type || "payment-institution" in fin.entity_type || "e-money-institution" in fin.entity_type || "investment-firm" in fin.entity_type || "insurance-undertaking" in fin.entity_type || "crypto-asset-service-provider" in fin.entity_type || "central-counterparty" in fin.entity_type || "trading-venue" in fin.entity_type || "fund-manager" in fin.entity_type))
        operates_in.covers("EU") && eu.annual_turnover_eur > 150000000 && eu.parent_outside_eu
        us.foreign_entity_registered_in_state && !us.cta_exempt
        us.us_person && (us.bulk.human_omic_persons > 1000 || us.bulk.human_genomic_persons > 100) && counterparty.covered_person
        """.ReplaceLineEndings("\n").Split('\n');
}
